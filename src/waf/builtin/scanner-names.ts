/**
 * Names by which vulnerability scanners introduce themselves: a closed list, all lower case.
 *
 * Only programs whose purpose is to search for holes or hidden pages are here. General clients (curl, wget, the
 * HTTP libraries of programming languages, headless browsers) and search engines have honest uses and are not.
 */
export interface ScannerName {
  readonly name: string;
  /** Three characters of the name, the least likely in other user agents, for the prefilter; a blank is a digit. */
  readonly piece: string;
}

export const SCANNER_NAMES: readonly ScannerName[] = [
  { name: 'acunetix', piece: 'cun' },
  { name: 'arachni', piece: 'chn' },
  { name: 'commix', piece: 'mmi' },
  { name: 'dirb', piece: 'irb' },
  { name: 'dirbuster', piece: 'irb' },
  { name: 'dirsearch', piece: 'irs' },
  { name: 'feroxbuster', piece: 'rox' },
  { name: 'fuzz faster u fool', piece: 'uzz' },
  { name: 'gobuster', piece: 'obu' },
  { name: 'havij', piece: 'vij' },
  { name: 'jaeles', piece: 'ael' },
  { name: 'joomscan', piece: 'oms' },
  { name: 'masscan', piece: 'ssc' },
  { name: 'morfeus', piece: 'rfe' },
  { name: 'nessus', piece: 'ssu' },
  { name: 'netsparker', piece: 'tsp' },
  { name: 'nikto', piece: 'ikt' },
  { name: 'nmap scripting engine', piece: 'nma' },
  { name: 'nuclei', piece: 'ucl' },
  { name: 'openvas', piece: 'nva' },
  { name: 'skipfish', piece: 'pfi' },
  { name: 'sqlmap', piece: 'qlm' },
  { name: 'sqlninja', piece: 'qln' },
  { name: 'vega/', piece: 'ega' },
  { name: 'w3af', piece: ' af' },
  { name: 'wapiti', piece: 'api' },
  { name: 'wfuzz', piece: 'uzz' },
  { name: 'whatweb', piece: 'atw' },
  { name: 'wpscan', piece: 'psc' },
  { name: 'xsser', piece: 'xss' },
  { name: 'zgrab', piece: 'zgr' },
  { name: 'zmeu', piece: 'zme' },
];
