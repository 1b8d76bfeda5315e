/** A transaction without a request, for rules that look at TX only. */
import { ManualClock } from '../../core/clock.ts';
import { Budget } from '../budget/budget.ts';
import type { RequestView } from '../inspection.ts';
import { createSettings } from '../seclang/settings.ts';
import { Message } from './collections/message.ts';
import { TransactionState } from './state.ts';
import type { VariableTable } from './variable-table.ts';
import { type Slots, Variables } from './variables.ts';

const NO_REQUEST: RequestView = {
  method: '',
  target: '',
  protocol: '',
  id: '',
  clientAddress: '',
  clientPort: 0,
  fingerprint: '',
  serverAddress: '',
  serverPort: 0,
  headerCount: 0,
  headerName: () => '',
  headerValue: () => '',
  header: () => null,
};

export function isolatedState(table: VariableTable, slots: Slots): TransactionState {
  const clock = new ManualClock();
  const message = new Message(NO_REQUEST, createSettings(), clock, '');
  const variables = new Variables(table, slots);
  return new TransactionState(message, variables, new Budget(() => 0, Number.POSITIVE_INFINITY), {
    mode: 'on',
    auditMode: 'on',
    answerBodyAccess: false,
    removals: null,
  });
}
