import { Answer, Command, CommandContext, Ctx, Id, listing, MOST_IDS } from '@cairn/http';
import { RefusedError } from '@cairn/decider';
import { CurrentSubject, hasRole, Roles, readsEverybody, type Subject } from '@cairn/identity';
import { PersonReads } from '@cairn/service';
import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { BY_WHICH_COACH_SEES } from '../../matching/match.entity.js';
import { keeping } from '../../keeping.js';
import { PersonEntity } from '../person.entity.js';
import { PeopleCompletion } from '../people.completion.js';
import { anyOf, EVERYTHING, lookedAt, reachOfHr, type Condition } from '../reach.js';
import { CompleteDto, PeopleQuery } from './people.dto.js';

const people = listing('people.1', { personId: 'id' });

const nameOf = ({ personId, givenName, familyName }: PersonEntity) => ({
  personId,
  name: [givenName, familyName].filter(Boolean).join(' '),
});

const shown = (person: PersonEntity) => ({
  ...nameOf(person),
  employeeId: person.employeeId,
  department: person.department,
  position: person.position,
  location: person.location,
  level: person.level,
  managerId: person.managerId,
  status: person.leftOn !== null ? 'left' : person.onLeave ? 'onLeave' : 'active',
  placeholder: person.employeeId === null,
  completed: person.completed,
});

@ApiTags('people')
@Controller('v1/people')
export class PeopleController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly completion: PeopleCompletion,
    private readonly reads: PersonReads,
  ) {}

  @Get()
  @Roles('hr', 'program-admin', 'integration', 'coach', 'coachee', 'manager')
  @ApiOperation({
    summary: 'People of the directory, with their names',
    description: `hr and program-admin list and search; integration asks by \`ids\` (up to ${MOST_IDS}, all on one page) or \`employeeId\`; a coach sees their coachees, a manager their direct reports, a coachee themself, and of their manager the name. Who is not there, or not theirs to see, is left out.`,
  })
  async list(@CurrentSubject() subject: Subject, @Query() query: PeopleQuery) {
    const { ids, employeeId, department, managerId } = query;
    const searches = hasRole(subject, 'hr', 'program-admin') || !hasRole(subject, 'integration');
    if (!searches && !ids && employeeId === undefined) throw new RefusedError(byIdOnly);
    const limit = ids ? MOST_IDS : query.limit;
    const after = people.under(query).after(query.cursor);
    const { known, named } = sightOf(subject);
    // Of whom no more than the name is told, nobody finds out the rest by asking for it.
    const isFiltered = [employeeId, department, managerId].some((each) => each !== undefined);
    const sees = isFiltered ? known : anyOf([known, named]);
    const { entities, raw } = await this.dataSource
      .createQueryBuilder(PersonEntity, 'p')
      .addSelect(`(${known.sql})`, 'known')
      .where('p.tenant_id = :tenantId', { tenantId: subject.tenantId })
      .andWhere(`(${sees.sql})`, sees.parameters)
      .andWhere(ids ? 'p.person_id = ANY (:ids)' : 'true', { ids })
      .andWhere(employeeId === undefined ? 'true' : 'p.employee_id = :employeeId', { employeeId })
      .andWhere(department === undefined ? 'true' : 'p.department = :department', { department })
      .andWhere(managerId === undefined ? 'true' : 'p.manager_id = :managerId', { managerId })
      .andWhere(after ? 'p.person_id > :after' : 'true', { after: after?.personId })
      .orderBy('p.person_id')
      .limit(limit + 1)
      .getRawAndEntities<{ known: boolean }>();
    const rows = entities.map((person, i) => (raw[i]!.known ? shown(person) : nameOf(person)));
    const page = people.under(query).page(rows, limit, ({ personId }) => ({ personId }));
    const { manager } = this.dataSource;
    await this.reads.record(subject, 'directory', await lookedAt(manager, subject, page.items));
    return page;
  }

  @Post(':personId/complete')
  @Command()
  @Roles('hr', 'integration')
  @ApiOperation({
    summary: 'Complete a placeholder, who can be nominated from then on',
    description:
      'A placeholder is a manager whom the HR file names but does not contain. Later files go on finding them by the name they had.',
  })
  async complete(
    @Ctx() context: CommandContext,
    @Id('personId') personId: string,
    @Body() body: CompleteDto,
  ) {
    const keep = keeping(context, (person: PersonEntity) => new Answer(shown(person)));
    return shown(await this.completion.complete(context, personId, body, keep));
  }
}

/** Whom somebody sees in the directory, by all of their roles: with what is `known` of them, or no more than `named`. */
function sightOf(subject: Subject): { known: Condition; named: Condition } {
  const { personId, coachId } = subject;
  const nobody = anyOf([]);
  if (readsEverybody(subject)) return { known: EVERYTHING, named: nobody };
  const known: Condition[] = [];
  if (hasRole(subject, 'hr')) known.push(reachOfHr(subject, 'p.person_id'));
  if (hasRole(subject, 'coach') && coachId !== undefined)
    known.push({
      sql: `EXISTS (SELECT 1 FROM matches m WHERE m.tenant_id = p.tenant_id AND m.person_id = p.person_id
              AND m.coach_id = :sightCoach AND ${BY_WHICH_COACH_SEES})`,
      parameters: { sightCoach: coachId },
    });
  if (hasRole(subject, 'manager') && personId !== undefined)
    known.push({ sql: 'p.manager_id = :sightManager', parameters: { sightManager: personId } });
  if (!hasRole(subject, 'coachee') || personId === undefined) return { known: anyOf(known), named: nobody };
  known.push({ sql: 'p.person_id = :sightSelf', parameters: { sightSelf: personId } });
  const manager = `p.person_id = (SELECT self.manager_id FROM people self
    WHERE self.tenant_id = p.tenant_id AND self.person_id = :sightSelf)`;
  return { known: anyOf(known), named: { sql: manager, parameters: { sightSelf: personId } } };
}

const byIdOnly = {
  kind: 'forbidden',
  slug: 'ids-needed',
  detail: 'Role integration asks for people by ids or employeeId; only hr and program-admin list them all.',
} as const;
