/** Whether the body of an answer is to be looked at. */
import { mediaTypes } from '../bodies/media-type.ts';
import type { ResponseView } from '../inspection.ts';
import type { EngineSettings } from '../seclang/syntax.ts';

/** By its media type; an answer without one counts as `null`, as SecResponseBodyMimeType writes it. */
export function wantsAnswerBody(response: ResponseView, { responseBodyMimeTypes }: EngineSettings): boolean {
  const contentType = response.header('content-type');
  if (contentType === null) return responseBodyMimeTypes.includes('null');
  return mediaTypes(contentType).some((type) => responseBodyMimeTypes.includes(type));
}
