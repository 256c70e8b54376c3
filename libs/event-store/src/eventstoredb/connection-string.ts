/**
 * What the client understands; of anything else it only warns, and repeats the whole string, password included. Without
 * `throwOnAppendFailure`: set to false, a refused append would look like one that was written.
 */
const OPTIONS = [
  'connectionName',
  'defaultDeadline',
  'discoveryInterval',
  'gossipTimeout',
  'keepAliveInterval',
  'keepAliveTimeout',
  'maxDiscoverAttempts',
  'nodePreference',
  'tls',
  'tlsCAFile',
  'tlsVerifyCert',
  'userCertFile',
  'userKeyFile',
];

const flat = (name: string): string => name.trim().toLowerCase().replaceAll(/[_-]/g, '');

/**
 * The connection string as the client takes it: `esdb://user:password@host:port,host:port?option=value`, or
 * `esdb+discover://…`; `kurrentdb://` means the same.
 * @throws TypeError that names what is wrong, but never repeats the password
 */
export function checkedConnectionString(given: string): string {
  const connectionString = given.trim().replace(/^kurrentdb(\+discover)?:/, 'esdb$1:');
  const [, , authority = ''] = /^esdb(\+discover)?:\/\/([^/?]*)/.exec(connectionString) ?? [];
  if (/^:?$/.test(authority.slice(authority.lastIndexOf('@') + 1))) {
    throw new TypeError(
      'the connection string of EventStoreDB begins with esdb:// or esdb+discover:// and a host',
    );
  }
  const query = connectionString.split('?').slice(1).join('?');
  for (const option of query === '' ? [] : query.split('&')) {
    const [name = '', value = ''] = option.split('=');
    if (!OPTIONS.some((known) => flat(known) === flat(name))) {
      throw new TypeError(
        `"${name}" is no option of an EventStoreDB connection string; there are ${OPTIONS.join(', ')}`,
      );
    }
    if (flat(name) === 'tlsverifycert' && value.trim() === 'false') {
      throw new TypeError(
        'tlsVerifyCert=false is not supported: name the certificate of the authority by tlsCAFile',
      );
    }
  }
  return connectionString;
}
