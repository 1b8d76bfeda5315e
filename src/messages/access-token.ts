/** Tokens of people and programs. */
import { z } from 'zod';
import { role } from './entries/identity.ts';
import { shortText, timestamp } from './wire.ts';

const DAYS_MAX = 3650;

export const tokenRequest = z.object({
  name: shortText.regex(/^[A-Za-z0-9._-]+$/, 'must consist of letters, digits and . _ -'),
  role,
  days: z.int().min(1).max(DAYS_MAX).nullable().default(null).describe('Null for a token without an end.'),
});

const tokenFacts = z.object({
  id: shortText,
  name: shortText,
  role,
  expires_at: timestamp.nullable(),
});

export const tokenAnswer = tokenFacts.extend({ token: z.string().describe('Shown this once.') });

export const tokenList = z.object({ tokens: z.array(tokenFacts.extend({ made_at: timestamp })) });
