import { Answer, CLOCK, Id, Versioned, type Clock } from '@cairn/http';
import { CurrentSubject, type Subject } from '@cairn/identity';
import { Body, Delete, Get, Headers, HttpCode, Inject, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiOperation } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { PUBLIC_URL } from '../../../enrollment/http/enrollment.shown.js';
import { EVERYTHING } from '../../reach.js';
import { CORE_USER, ENTERPRISE } from '../attributes.js';
import { parseFilter } from '../filter.js';
import { conditionOf, orderOf, USER_COLUMNS } from '../filter.sql.js';
import { isObject, operationsIn, type Resource } from '../patch.js';
import { noSuchResource, scimError } from '../scim.errors.js';
import { identityOf, ScimUsers, userVersion } from '../users.handler.js';
import { findUser, listUsers } from '../users.rows.js';
import { userOf, type UserRow } from '../user.js';
import {
  answered,
  listed,
  pageOf,
  ScimController,
  ScimPartsQuery,
  ScimQuery,
  SEARCH_REQUEST,
  searchIn,
  seenIn,
  shownAs,
  type ScimResource,
} from './scim.answers.js';

const EXAMPLE = {
  schemas: [CORE_USER, ENTERPRISE],
  userName: 'ada@example.org',
  name: { givenName: 'Ada', familyName: 'Marlow' },
  emails: [{ value: 'ada@example.org', type: 'work', primary: true }],
  title: 'Plant Manager',
  active: true,
  [ENTERPRISE]: { employeeNumber: 'E1042', department: 'Making' },
};

const SEARCH = {
  schemas: [SEARCH_REQUEST],
  filter: 'title co "manager"',
  sortBy: 'name.familyName',
  count: 10,
};

/** People, as RFC 7644 has Users. */
@ScimController('Users')
export class ScimUsersController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: ScimUsers,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
  ) {}

  @Get()
  @ApiOperation({ summary: 'SCIM: people, by a filter or all' })
  list(@CurrentSubject() subject: Subject, @Query() query: ScimQuery) {
    return this.page(subject, query);
  }

  @Post('.search')
  @HttpCode(200)
  @ApiOperation({
    summary: 'SCIM: the same with what is asked for in the body, which no log of addresses keeps',
  })
  @ApiBody({
    schema: { type: 'object', additionalProperties: true },
    examples: { search: { value: SEARCH } },
  })
  search(@CurrentSubject() subject: Subject, @Body() body: unknown) {
    return this.page(subject, searchIn(body));
  }

  private async page(subject: Subject, query: ScimQuery) {
    const { first, count } = pageOf(query);
    const condition =
      query.filter === undefined
        ? EVERYTHING
        : conditionOf(parseFilter(query.filter), USER_COLUMNS, CORE_USER);
    const { manager } = this.dataSource;
    const { total, rows } = await listUsers(
      manager,
      subject.tenantId,
      condition,
      orderOf(query, USER_COLUMNS, CORE_USER),
      first - 1,
      count,
    );
    return listed(
      total,
      first,
      rows.map((row) => this.shown(row, query)),
    );
  }

  @Versioned()
  @Get(':userId')
  @ApiOperation({ summary: 'SCIM: one person' })
  async read(
    @CurrentSubject() subject: Subject,
    @Id('userId') userId: string,
    @Query() query: ScimPartsQuery,
  ) {
    const row = await findUser(this.dataSource.manager, subject.tenantId, 'p.person_id = $2', userId);
    if (row === null) throw noSuchResource('User');
    return this.answer(row, undefined, query);
  }

  @Versioned()
  @Post()
  @ApiOperation({
    summary: 'SCIM: add a person, or take over one whom a file brought',
    description: 'Known by employee id: employeeNumber of the enterprise extension, or else externalId.',
  })
  @ApiBody({ schema: { type: 'object', additionalProperties: true }, examples: { ada: { value: EXAMPLE } } })
  async create(@CurrentSubject() subject: Subject, @Body() body: unknown) {
    return this.answer(await this.users.create(this.identity(subject), resourceIn(body)), 201);
  }

  @Versioned()
  @Put(':userId')
  @ApiOperation({ summary: 'SCIM: say anew all that is known of a person' })
  @ApiBody({ schema: { type: 'object', additionalProperties: true }, examples: { ada: { value: EXAMPLE } } })
  async replace(
    @CurrentSubject() subject: Subject,
    @Id('userId') userId: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
  ) {
    return this.answer(
      await this.users.replace(this.identity(subject), userId, resourceIn(body), seenIn(ifMatch)),
    );
  }

  @Versioned()
  @Patch(':userId')
  @ApiOperation({
    summary: 'SCIM: change some of it',
    description: '`active` false means that the person has left: every enrolment of theirs ends.',
  })
  @ApiBody({
    schema: { type: 'object', additionalProperties: true },
    examples: {
      leaves: {
        value: {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
          Operations: [{ op: 'replace', path: 'title', value: 'Director' }],
        },
      },
    },
  })
  async patch(
    @CurrentSubject() subject: Subject,
    @Id('userId') userId: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
  ) {
    return this.answer(
      await this.users.patch(this.identity(subject), userId, operationsIn(body), seenIn(ifMatch)),
    );
  }

  @Delete(':userId')
  @HttpCode(204)
  @ApiOperation({ summary: 'SCIM: the person has left, and is no User any more' })
  async remove(
    @CurrentSubject() subject: Subject,
    @Id('userId') userId: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.users.remove(this.identity(subject), userId, seenIn(ifMatch));
  }

  private identity(subject: Subject) {
    return identityOf(subject, this.clock.now());
  }

  private answer(row: UserRow, status?: number, parts?: ScimPartsQuery): Answer<ScimResource> {
    return answered(this.shown(row, parts), userVersion(row), status);
  }

  private shown(row: UserRow, parts?: ScimPartsQuery): ScimResource {
    return shownAs('User', userOf(row), userVersion(row), this.publicUrl, parts);
  }
}

/** @throws FaultError invalidSyntax */
export function resourceIn(body: unknown): Resource {
  if (isObject(body)) return body;
  throw scimError('invalidSyntax', 'The body is an object.');
}
