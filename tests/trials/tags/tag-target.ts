/** Where tagged requests go, and how fast. */
export interface TagTarget {
  readonly port: number;
  /** Local address: who the client is. */
  readonly from: string;
  readonly host: string;
  /** What a connection waits between one answer and the next request, in milliseconds; 0 to ask on at once. */
  readonly pauseMs: number;
}
