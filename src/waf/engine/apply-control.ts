/** Carries out one `ctl`. */
import type { Control } from './control.ts';
import type { TransactionState } from './state.ts';

export function applyControl(control: Control, state: TransactionState): void {
  switch (control.kind) {
    case 'remove-rules':
      state.removeRules(control.selection);
      return;
    case 'remove-targets':
      state.removeTargets(control);
      return;
    case 'engine':
      state.mode = control.mode;
      return;
    case 'audit':
      state.auditMode = control.mode;
      return;
    case 'body-processor':
      if (state.message.bodyTaken) return;
      state.message.processor = control.processor;
      state.processorChanged = true;
      state.processorOverruled = true;
      return;
    case 'body-access':
      state.message.bodyAccess = control.on;
      return;
    case 'answer-body-access':
      state.answerBodyAccess = control.on;
      return;
    case 'force-body':
      state.message.bodyForced = control.on;
      return;
    case 'audit-parts':
      return;
  }
}
