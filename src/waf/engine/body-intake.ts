/** Takes the body of a request in: which parser, what its faults mean, what is too much. */
import type { BodyFault, BodyProcessor } from '../bodies/parsed-body.ts';
import type { RequestBody } from '../inspection.ts';
import type { Message } from './collections/message.ts';

const PROCESSORS: ReadonlySet<string> = new Set(['URLENCODED', 'MULTIPART', 'JSON', 'XML']);

/** Puts a body into a message, taken apart where it has a parser. Why it could not be read is `message.bodyFault`. */
export function takeBody(message: Message, body: RequestBody | null): void {
  message.bodyTaken = true;
  if (body === null || !message.bodyAccess) return;
  message.bodyLength = body.text.length;
  // Filled for forms only, or where a rule asked for it: rules for other bodies look at their parts.
  if (message.processor === 'URLENCODED' || message.bodyForced) message.bodyText = body.text;
  message.bodyCut = !body.complete && message.settings.requestBodyLimitAction === 'process-partial';
  message.bodyFault = limitFault(message, body) ?? unpackFault(body);
  const { processor } = message;
  if (!isProcessor(processor)) return;
  message.parsed = body.parse(processor);
  const fault = message.parsed.fault;
  // A body of which only a part is to be looked at ends too early for its parser: that is no fault of the body.
  const isExpected = fault?.kind === 'truncated' && !body.complete;
  if (!isExpected) message.bodyFault ??= fault;
}

function isProcessor(name: string): name is BodyProcessor {
  return PROCESSORS.has(name);
}

/** Octets over the limits: a fault unless the beginning is enough. */
function limitFault({ settings, processor }: Message, body: RequestBody): BodyFault | null {
  if (settings.requestBodyLimitAction === 'process-partial') return null;
  const { length } = body.text;
  const max =
    processor === 'MULTIPART'
      ? settings.requestBodyLimit
      : Math.min(settings.requestBodyLimit, settings.requestBodyNoFilesLimit);
  if (body.complete && length <= max) return null;
  return { kind: 'limit', message: 'The body is longer than what may be looked at.' };
}

function unpackFault({ unpackFault: fault }: RequestBody): BodyFault | null {
  return fault === null ? null : { kind: 'syntax', message: fault };
}
