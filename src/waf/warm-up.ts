/**
 * Shows an inspector some ordinary requests before the first real one comes: patterns and automata are built on first
 * use, and the runtime compiles what it finds hot. Otherwise the first visitors after a start would wait for that.
 */
import type { Inspector } from './inspector.ts';
import { bodyOf, type SampleRequest, sampleDocument, sampleForm, samplePage } from './sample-requests.ts';

/** Requests of each kind: enough for the automata, and for the first tier of compiling. */
const ROUNDS = 60;

export function warmUp(inspector: Inspector): void {
  for (let number = 0; number < ROUNDS; number += 1) {
    for (const sample of [samplePage(number), sampleForm(number), sampleDocument(number)]) {
      inspect(inspector, sample);
    }
  }
}

function inspect(inspector: Inspector, sample: SampleRequest): void {
  const body = bodyOf(sample);
  const inspection = inspector.begin(sample.view);
  inspection.inspectRequestHead(body !== null);
  if (body !== null) inspection.inspectRequestBody(body);
  inspection.finish();
}
