/** Nodes with certificates, for tests of an orchestrator with TLS. */
import { createClientRequest } from '../../tls/authority/client-request.ts';
import {
  beatOf,
  JOIN,
  type JsonAnswer,
  type JsonCall,
  type OrchestratorStand,
} from './orchestrator-stand.ts';

export interface Member {
  readonly nodeId: string;
  readonly certPem: string;
  readonly keyPem: string;
}

interface CertificateBody {
  readonly node_id: string;
  readonly certificate: string;
  readonly code: string;
}

/** Makes an enrolment token as an admin does. */
export async function makeEnrolmentToken(stand: OrchestratorStand, call: JsonCall = {}): Promise<string> {
  const made = await stand.call<{ token: string }>('/enrolment-tokens', { body: {}, ...call });
  if (made.status !== 200) throw new Error(`enrolment token: ${made.status}`);
  return made.json.token;
}

/** Asks for a certificate with a token; the answer may be a refusal. */
export async function tryEnrol(
  stand: OrchestratorStand,
  token: string,
  nodeId: string,
): Promise<{ readonly answer: JsonAnswer<CertificateBody>; readonly member: Member }> {
  const { requestPem, keyPem } = await createClientRequest(nodeId);
  const body = { token, csr: requestPem, node_id: nodeId };
  const answer = await stand.call<CertificateBody>('/enroll', { body });
  return { answer, member: { nodeId, certPem: answer.json.certificate, keyPem } };
}

/** A node that is enrolled, registered and has sent its first heartbeat. */
export async function joinMember(
  stand: OrchestratorStand,
  nodeId: string,
  call: JsonCall = {},
): Promise<Member> {
  const { answer, member } = await tryEnrol(stand, await makeEnrolmentToken(stand, call), nodeId);
  if (answer.status !== 200) throw new Error(`enrolment: ${answer.status} ${answer.json.code}`);
  const registration = { body: { ...JOIN, node_id: nodeId }, identity: member };
  const registered = await stand.call('/nodes/register', registration);
  if (registered.status !== 200) throw new Error(`registration: ${registered.status}`);
  const beat = await stand.call('/nodes/heartbeat', { body: beatOf(nodeId), identity: member });
  if (beat.status !== 200) throw new Error(`heartbeat: ${beat.status}`);
  return member;
}
