/** What an attack of the trials is, as data: the trial knows its goals, the attacker what to do. */

/** What one connection of an attack does, again and again. */
export interface Assault {
  /** The protocol agreed on by TLS, or null for octets on the bare connection. */
  readonly secure: 'h2' | 'http/1.1' | null;
  /** What is sent as soon as the connection stands; connections take the volleys in turn. None: silence. */
  readonly volleys: readonly Buffer[];
  /**
   * wait: until the node closes · close: at once · leave: at the first answer · repeat: the volley, as fast as it is
   * taken
   */
  readonly manner: 'wait' | 'close' | 'leave' | 'repeat';
  /** Whether answers are read at all. */
  readonly reads: boolean;
  /** Connections at once. */
  readonly connections: number;
  /** Addresses that connections come from in turn. */
  readonly addresses: number;
  /** Milliseconds after which a connection that still stands is given up for a new one. */
  readonly lifeMs: number;
}

/** A flood frame by frame, to count how many of them the node takes. */
export interface CountedFlood {
  /** What comes first and is not counted. */
  readonly beginning: Buffer;
  /** Enough of them to reach the goal. */
  readonly steps: readonly Buffer[];
  /** What is counted: frames, or steps that are requests to be reset. */
  readonly unit: 'frames' | 'resets' | 'CONTINUATIONs';
  readonly goal: number;
}

export interface Attack {
  readonly name: string;
  /** One line for the reader of the report. */
  readonly what: string;
  readonly assault: () => Assault | Promise<Assault>;
  /** Null where nothing is to be counted. */
  readonly counted: (() => CountedFlood) | null;
  /** Requests of one connection that may reach the origin; null where the rate limits say. */
  readonly requestsEachMax: number | null;
}
