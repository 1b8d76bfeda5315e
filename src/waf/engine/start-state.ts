/** How every transaction of a program starts. */
import type { Control, EngineMode, RuleSelection } from './control.ts';
import type { TargetRemoval } from './state.ts';

export interface StartState {
  readonly mode: EngineMode;
  readonly auditMode: 'on' | 'off' | 'relevant-only';
  readonly bodyAccess: boolean;
  readonly bodyForced: boolean;
  readonly answerBodyAccess: boolean;
  /** Rules and targets that an overlay leaves out of shared rules; null where it leaves out none. */
  readonly removals: Removals | null;
}

export interface Removals {
  readonly rules: readonly RuleSelection[];
  readonly targets: readonly TargetRemoval[];
}

/** The start of a program in which a switch is thrown for every transaction. */
export function startAfter(start: StartState, control: Control): StartState {
  switch (control.kind) {
    case 'engine':
      return { ...start, mode: control.mode };
    case 'audit':
      return { ...start, auditMode: control.mode };
    case 'answer-body-access':
      return { ...start, answerBodyAccess: control.on };
    case 'body-access':
      return { ...start, bodyAccess: control.on };
    case 'force-body':
      return { ...start, bodyForced: control.on };
    default:
      return start;
  }
}
