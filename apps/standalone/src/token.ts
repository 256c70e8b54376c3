import { ROLES, type Role } from '@cairn/identity';
import { parseArgs } from 'node:util';
import { standaloneIssuer } from './issuer.js';
import { DEFAULT_TENANT, findPlace, readRunNote } from './place.js';
import { faultIn, missingFor } from './whose.js';

const USAGE = `npm run --silent token -- --role ROLE [options]

  --role ROLE        ${ROLES.join(', ')}; several may be given
  --employee ID      a person of an imported file, by employee id (roles coachee, manager, and internal coaches)
  --coach REF        a coach, by external reference (role coach)
  --person UUID      a person, by personId
  --org-unit NAME    limits hr to departments; several may be given
  --sensitive        with role integration: feeds may be read with ?sensitive=true
  --tenant UUID      ${DEFAULT_TENANT} unless given
  --hours N          how long it is good for; 8 unless given`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      role: { type: 'string', multiple: true },
      employee: { type: 'string' },
      coach: { type: 'string' },
      person: { type: 'string' },
      'org-unit': { type: 'string', multiple: true },
      sensitive: { type: 'boolean', default: false },
      tenant: { type: 'string', default: DEFAULT_TENANT },
      hours: { type: 'string', default: '8' },
      help: { type: 'boolean', default: false },
    },
  });
  const roles = values.role ?? [];
  if (values.help || roles.length === 0) throw new Error(USAGE);
  const unknown = roles.filter((role) => !(ROLES as readonly string[]).includes(role));
  if (unknown.length > 0)
    throw new Error(`There is no role ${unknown.join(', ')}. The roles are: ${ROLES.join(', ')}.`);
  const fault = faultIn(values) ?? missingFor(roles, values);
  if (fault !== undefined) throw new Error(fault);
  const hours = Number(values.hours);
  if (!(hours > 0 && hours <= 24 * 365))
    throw new Error('--hours takes a number above 0, of at most a year.');

  const { home } = await findPlace();
  const issuer = await standaloneIssuer(home);
  const tenantId = values.tenant;
  const find = async (path: string, what: string): Promise<Record<string, string>> => {
    const { origin } = await readRunNote(home);
    const lookUp = await issuer.sign({ tenantId, subject: 'token-command', roles: ['hr'] }, 60);
    const response = await fetch(`${origin}${path}`, {
      headers: { authorization: `Bearer ${lookUp}` },
    }).catch(() => {
      throw new Error(`Cairn does not answer at ${origin}: is it running? Start it with: npm start`);
    });
    if (!response.ok)
      throw new Error(`${what} could not be looked up (${response.status}): ${await response.text()}`);
    const { items } = (await response.json()) as { items: Record<string, string>[] };
    if (items[0] === undefined) throw new Error(`Tenant ${tenantId} has no ${what}.`);
    return items[0];
  };

  const employee =
    values.employee &&
    (await find(
      `/enrollment/v1/people?employeeId=${encodeURIComponent(values.employee)}`,
      `employee ${values.employee}`,
    ));
  const coach =
    values.coach &&
    (await find(
      `/enrollment/v1/coaches?externalRef=${encodeURIComponent(values.coach)}`,
      `coach ${values.coach}`,
    ));
  const personId = values.person ?? (employee || undefined)?.['personId'];
  const token = await issuer.sign(
    {
      tenantId,
      subject: ['dev', ...roles, values.employee ?? values.coach ?? values.person].filter(Boolean).join(':'),
      roles: roles as Role[],
      sensitive: values.sensitive,
      ...(personId ? { personId } : {}),
      ...(coach ? { coachId: coach['coachId']! } : {}),
      ...(values['org-unit'] ? { orgUnits: values['org-unit'] } : {}),
    },
    hours * 3600,
  );
  process.stdout.write(`${token}\n`);
}

await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
