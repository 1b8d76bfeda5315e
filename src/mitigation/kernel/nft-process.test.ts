import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runNft } from './nft-process.ts';

it('what cannot be run is a fault, whether the runtime tells so by an event or throws', async () => {
  const missing = await runNft('/nowhere/nft', '');
  assert.ok(!missing.ok && missing.fault.kind === 'missing');
  const unusable = await runNft('nft\0', '');
  assert.ok(!unusable.ok && unusable.fault.kind === 'failed');
});

it('a program that fails is told by its first words', async () => {
  const failed = await runNft('/bin/sh', 'x');
  assert.ok(!failed.ok && failed.fault.kind === 'failed' && failed.fault.message !== '');
});
