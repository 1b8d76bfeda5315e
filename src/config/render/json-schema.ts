/** Writes docs/configuration.schema.json, with which editors complete and check the file. */
import { z } from 'zod';
import { configSchema } from '../schema.ts';

/** Our own marks: `form` is told in the message of a fault, `file` is for policies, the others are in the reference. */
const OWN_MARKS = ['form', 'restart', 'secret', 'file'] as const;

export function renderJsonSchema(): string {
  const schema = z.toJSONSchema(configSchema, {
    io: 'input',
    // The draft that TOML editors understand.
    target: 'draft-07',
    override: ({ jsonSchema }) => {
      for (const mark of OWN_MARKS) {
        delete jsonSchema[mark];
      }
      if (jsonSchema.type === 'object') {
        delete jsonSchema.default;
      }
    },
  });
  return `${JSON.stringify({ ...schema, title: 'SecBeat configuration' }, null, 2)}\n`;
}
