import { strFromU8, unzipSync } from 'fflate';

/** All that is written in a workbook, part by part: in the archive that it is, packed, no word is to be found. */
export const unpacked = (workbook: Uint8Array): string =>
  Object.entries(unzipSync(workbook))
    .map(([part, bytes]) => `${part}: ${strFromU8(bytes)}`)
    .join('\n');
