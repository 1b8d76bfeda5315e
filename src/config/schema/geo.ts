/** What is known of addresses: country and network. */
import { z } from 'zod';
import { filePath } from './values.ts';

const dataPaths = z.array(filePath).max(8).default([]);

export const geoSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe('Know the country and the network (AS number) of each client.'),
    country_paths: dataPaths.describe(
      'Files of "first address,last address,country" in ascending order, one for each family. Without any, those of the npm package @ip-location-db/asn-country are used where it is installed.',
    ),
    asn_paths: dataPaths.describe(
      'Files of "first address,last address,AS number" in ascending order, one for each family. Without any, those of the npm package @ip-location-db/asn are used where it is installed.',
    ),
  })
  .prefault({})
  .describe('Countries and networks of addresses, from files on this machine.');
