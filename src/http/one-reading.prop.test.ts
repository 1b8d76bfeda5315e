import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../tests/support/fuzz.ts';
import { anyCuts, anyOctets, mutated } from './testing/arbitrary.ts';
import { checkChunked } from './testing/check-body.ts';
import { checkRequest } from './testing/check-request.ts';
import { checkResponse } from './testing/check-response.ts';
import { CHUNKED, REQUESTS, RESPONSES } from './testing/messages.ts';

const anyMethod = fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS');

describe('a request has one reading or none, in whatever pieces it comes', () => {
  it('be it any octets', () => {
    fc.assert(fc.property(anyOctets, anyCuts, checkRequest), { numRuns: runs(500) });
  });

  it('be it a request with damage', () => {
    fc.assert(fc.property(mutated(REQUESTS), anyCuts, checkRequest), { numRuns: runs(2000) });
  });

  it('be it any octets behind a good start', () => {
    const started = anyOctets.map((text) => `GET / HTTP/1.1\r\nHost: a\r\n${text}\r\n\r\n`);
    fc.assert(fc.property(started, anyCuts, checkRequest), { numRuns: runs(500) });
  });
});

describe('a response has one reading or none, in whatever pieces it comes', () => {
  it('be it any octets', () => {
    fc.assert(
      fc.property(anyOctets, anyMethod, anyCuts, (text, method, cuts) =>
        checkResponse(`HTTP/1.1 200${text}`, method, cuts),
      ),
      { numRuns: runs(500) },
    );
  });

  it('be it a response with damage', () => {
    fc.assert(fc.property(mutated(RESPONSES), anyMethod, anyCuts, checkResponse), { numRuns: runs(1500) });
  });
});

describe('a chunked body has one reading or none, in whatever pieces it comes', () => {
  it('be it any octets', () => {
    fc.assert(
      fc.property(anyOctets, anyCuts, (text, cuts) => checkChunked(`1${text}`, cuts)),
      { numRuns: runs(500) },
    );
  });

  it('be it a body with damage', () => {
    fc.assert(fc.property(mutated(CHUNKED), anyCuts, checkChunked), { numRuns: runs(2000) });
  });
});
