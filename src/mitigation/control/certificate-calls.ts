/** How a node gets its certificates: the first one for an enrolment token, the others for the one before. */
import { randomUUID } from 'node:crypto';
import { fail, ok, type Result } from '../../core/result.ts';
import { certificateAnswer } from '../../messages/enrolment.ts';
import { type ClientRequest, createClientRequest } from '../../tls/authority/client-request.ts';
import { type CertificateTexts, checkCertificate, type NodeCertificate } from './node-certificate.ts';
import { problemDetail } from './orchestrator-calls.ts';
import type { OrchestratorTransport } from './orchestrator-transport.ts';

export interface EnrolmentCall {
  readonly nodeId: string;
  readonly token: string;
  /** The same one for every attempt, so that the orchestrator knows the node again where its answer was lost. */
  readonly request: ClientRequest;
  /** Names the token in what is kept. */
  readonly enrolledWith: string;
  /** The authority that is trusted; a certificate of any other one is refused. */
  readonly caPem: string;
}

const TIMEOUT_MS = 30_000;

/** Gives up the token for a certificate. Never rejects. */
export async function enrolNode(
  transport: OrchestratorTransport,
  { nodeId, token, request: { keyPem, requestPem }, enrolledWith, caPem }: EnrolmentCall,
  signal: AbortSignal,
): Promise<Result<NodeCertificate, string>> {
  const call = { path: '/api/v1/enroll', body: { token, csr: requestPem, node_id: nodeId } };
  const certPem = await askCertificate(transport, call, signal);
  if (!certPem.ok) return certPem;
  return acceptCertificate({ keyPem, certPem: certPem.value, caPem, enrolledWith }, nodeId);
}

/** Makes another key and asks for a certificate on it, over a connection that shows the present one. Never rejects. */
export async function renewCertificate(
  transport: OrchestratorTransport,
  { nodeId, caPem, enrolledWith }: NodeCertificate,
  signal: AbortSignal,
): Promise<Result<NodeCertificate, string>> {
  const { keyPem, requestPem } = await createClientRequest(nodeId);
  const call = { path: `/api/v1/nodes/${nodeId}/certificate`, body: { csr: requestPem } };
  const certPem = await askCertificate(transport, call, signal);
  if (!certPem.ok) return certPem;
  return acceptCertificate({ keyPem, certPem: certPem.value, caPem, enrolledWith }, nodeId);
}

/** For a node that has none and is about to be enrolled. */
export function createNodeId(): string {
  return randomUUID();
}

async function askCertificate(
  transport: OrchestratorTransport,
  call: { readonly path: string; readonly body: unknown },
  signal: AbortSignal,
): Promise<Result<string, string>> {
  const answer = await transport.call({ method: 'POST', ...call, timeoutMs: TIMEOUT_MS, signal });
  if (!answer.ok) return answer;
  const { status, json } = answer.value;
  if (status !== 200) return fail(`status ${status}${problemDetail(json)}`);
  const read = certificateAnswer.safeParse(json);
  return read.success ? ok(read.data.certificate) : fail('the answer has the wrong shape');
}

function acceptCertificate(texts: CertificateTexts, nodeId: string): Result<NodeCertificate, string> {
  const checked = checkCertificate(texts);
  if (!checked.ok) return fail(`the certificate ${checked.fault}`);
  return checked.value.nodeId === nodeId ? checked : fail('the certificate is for another node');
}
