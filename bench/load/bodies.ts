/** The two bodies that the origin of the comparison serves. */
export const BODIES = {
  small: { path: '/small', bytes: 100 },
  large: { path: '/large', bytes: 65_536 },
} as const;

export type BodyName = keyof typeof BODIES;
