/** The outcome of something that can fail in an expected way. Own code returns it instead of throwing on input. */
export type Result<Value, Fault> = Success<Value> | Failure<Fault>;

export interface Success<Value> {
  readonly ok: true;
  readonly value: Value;
}

export interface Failure<Fault> {
  readonly ok: false;
  readonly fault: Fault;
}

export function ok<Value>(value: Value): Success<Value> {
  return { ok: true, value };
}

export function fail<Fault>(fault: Fault): Failure<Fault> {
  return { ok: false, fault };
}
