import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Route, Routes } from './routes.ts';

function route(path: string): Route {
  return {
    path,
    mode: 'block',
    sources: [],
    inspectsResponses: false,
    inboundThreshold: 5,
    outboundThreshold: 4,
  };
}

describe('Routes', () => {
  const site = route('/');
  const admin = route('/admin');
  const posts = route('/admin/posts');
  const strictest = route('strictest');
  const routes = new Routes(site, [admin, posts], strictest);

  it('takes the longest prefix of whole segments', () => {
    assert.equal(routes.find('/admin/posts/3?x=1'), posts);
    assert.equal(routes.find('/admin/postscript'), admin);
    assert.equal(routes.find('/admin'), admin);
    assert.equal(routes.find('/administrator'), site);
  });

  it('reads the path as an origin does', () => {
    assert.equal(routes.find('/x/../admin/%70osts'), posts);
    assert.equal(routes.find('/admin/../x'), site);
    assert.equal(routes.find('/admin/%2e%2e/x'), site);
  });

  it('gives a path that can be read in two ways the strictest rules', () => {
    for (const target of [
      '/admin%2fposts',
      '/admin\\posts',
      '/admin//posts',
      '/admin;a=1/posts',
      '/admin%252e',
    ]) {
      assert.equal(routes.find(target), strictest, target);
    }
  });
});
