/**
 * Brings all connections of a client address to the same worker, so that its TLS sessions resume although workers
 * cannot share them: on Bun a session is known to one worker only.
 *
 * A classic BPF program on the group of listening sockets (SO_ATTACH_REUSEPORT_CBPF) picks the socket by a hash of the
 * client's IPv4 address or IPv6 /64, in place of the kernel's hash of addresses and ports. It is optional, for behind
 * a balancer that hides addresses one worker would get everything. Linux on Bun only: the call goes through bun:ffi.
 */
import type { Server } from 'node:net';
import { fail, ok, type Result } from '../../core/result.ts';

const SOL_SOCKET = 1;
const SO_ATTACH_REUSEPORT_CBPF = 51;

/** What is used of bun:ffi. */
interface ForeignCalls {
  readonly dlopen: (
    library: string,
    symbols: object,
  ) => { readonly symbols: { readonly setsockopt: (...values: readonly unknown[]) => number } };
  readonly ptr: (memory: Uint8Array) => number;
}

/** Steers new connections of a listening server and its peers on the same port; the fault is a sentence. */
export async function steerByClient(server: Server, workers: number): Promise<Result<void, string>> {
  const fd = (server as unknown as { readonly _handle?: { readonly fd?: number } })._handle?.fd;
  if (process.platform !== 'linux' || fd === undefined || fd < 0) {
    return fail('network.tls.session_affinity cannot be had on this system');
  }
  const calls = await loadForeignCalls();
  if (calls === null) {
    return fail(
      'network.tls.session_affinity needs Bun; other runtimes share sessions between workers without it',
    );
  }
  const program = steeringProgram(workers);
  const header = Buffer.alloc(16);
  header.writeUInt16LE(program.length / INSTRUCTION_BYTES, 0);
  header.writeBigUInt64LE(BigInt(calls.ptr(program)), 8);
  const { setsockopt } = calls.dlopen('libc.so.6', {
    setsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'u32'], returns: 'i32' },
  }).symbols;
  const failed = setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, calls.ptr(header), header.length) !== 0;
  return failed ? fail('network.tls.session_affinity was refused by the kernel') : ok(undefined);
}

async function loadForeignCalls(): Promise<ForeignCalls | null> {
  // Not a literal, for other runtimes and the compiler know no such module.
  const name: string = 'bun:ffi';
  try {
    return (await import(name)) as ForeignCalls;
  } catch {
    return null;
  }
}

const INSTRUCTION_BYTES = 8;
/** Begins the addresses of the network header, whatever stands in front of what a socket sees. */
const NETWORK_HEADER = 0xfff0_0000;
/** Odd, and without a pattern: spreads neighbouring addresses (Knuth, The Art of Computer Programming 3, 6.4). */
const MULTIPLIER = 0x9e37_79b1;

/** Operation, jump where true, jump where false, value; classic BPF as in linux/filter.h. */
type Instruction = readonly [operation: number, onTrue: number, onFalse: number, value: number];

function steeringProgram(workers: number): Buffer {
  const instructions: readonly Instruction[] = [
    [LOAD_OCTET, 0, 0, NETWORK_HEADER],
    [SHIFT_RIGHT, 0, 0, 4],
    [JUMP_IF_EQUAL, 0, 2, 6],
    // IPv6: the first word of the /64, which is one client; with IPv4 the index stays 0.
    [LOAD_WORD, 0, 0, NETWORK_HEADER + 8],
    [MOVE_TO_INDEX, 0, 0, 0],
    // The second word of the /64, or the IPv4 address: both stand at the same place.
    [LOAD_WORD, 0, 0, NETWORK_HEADER + 12],
    [EXCLUSIVE_OR_INDEX, 0, 0, 0],
    [MULTIPLY, 0, 0, MULTIPLIER],
    [SHIFT_RIGHT, 0, 0, 16],
    [REMAINDER, 0, 0, workers],
    [RETURN, 0, 0, 0],
  ];
  const program = Buffer.alloc(instructions.length * INSTRUCTION_BYTES);
  for (const [index, [operation, onTrue, onFalse, value]] of instructions.entries()) {
    const at = index * INSTRUCTION_BYTES;
    program.writeUInt16LE(operation, at);
    program.writeUInt8(onTrue, at + 2);
    program.writeUInt8(onFalse, at + 3);
    program.writeUInt32LE(value, at + 4);
  }
  return program;
}

const LOAD_WORD = 0x20;
const LOAD_OCTET = 0x30;
const MOVE_TO_INDEX = 0x07;
const JUMP_IF_EQUAL = 0x15;
const MULTIPLY = 0x24;
const SHIFT_RIGHT = 0x74;
const REMAINDER = 0x94;
const EXCLUSIVE_OR_INDEX = 0xac;
const RETURN = 0x16;
