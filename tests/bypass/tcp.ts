/**
 * Mutated requests against a real node, one connection each: the node's answer has to be what the rules say in process,
 * 403 or another refusal where they block, and the origin's answer where they do not.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseSettings, overlay, type Settings } from '../support/node-config.ts';
import { createFolder, NodeProcess, removeFolder } from '../support/node-process.ts';
import { ScriptedOrigin } from '../support/scripted-origin.ts';
import { Wire } from '../support/wire.ts';
import { coreRules, type Judge } from './judge.ts';

export interface TcpReport {
  readonly sent: number;
  /** Requests that the node answered otherwise, with both outcomes. */
  readonly differences: readonly string[];
}

const REFUSED_FROM = 400;
const OCTETS_SHOWN = 120;

/** @param folder of the Core Rule Set; null for the built-in rules */
export async function sendAll(
  requests: readonly Buffer[],
  folder: string | null,
  judge: Judge,
): Promise<TcpReport> {
  const origin = await ScriptedOrigin.start();
  origin.respond(() => 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  const state = createFolder();
  const differences: string[] = [];
  let node: NodeProcess | null = null;
  try {
    const settings = overlay(await baseSettings(state, origin.port, 1), rulesFor(folder, state));
    node = await NodeProcess.start(state, settings);
    for (const octets of requests) {
      const { fate } = judge(octets);
      const status = await statusOf(node.port, octets);
      const isRefused = status === 0 || status >= REFUSED_FROM;
      if (isRefused === (fate !== 'passed')) continue;
      const shown = JSON.stringify(octets.toString('latin1', 0, OCTETS_SHOWN));
      differences.push(`answered ${status}, in process ${fate}: ${shown}`);
    }
    return { sent: requests.length, differences };
  } finally {
    await node?.stop();
    removeFolder(state);
    await origin.close();
  }
}

function rulesFor(folder: string | null, state: string): Settings {
  const tls = { network: { tls: { enabled: false } } };
  if (folder === null) return tls;
  const file = join(state, 'rules.conf');
  writeFileSync(file, coreRules(folder));
  return { ...tls, waf: { builtin_rules: false, seclang: [file], budget: { milliseconds: 10_000 } } };
}

/** 0 where the connection ended without an answer. */
async function statusOf(port: number, octets: Buffer): Promise<number> {
  const wire = await Wire.tcp({ host: '127.0.0.1', port });
  try {
    wire.write(octets);
    return Number(/^HTTP\/1\.[01] (\d{3})/.exec(await wire.readUntil('\r\n'))?.[1] ?? 0);
  } catch {
    return 0;
  } finally {
    wire.close();
  }
}
