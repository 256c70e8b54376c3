export const CORE_USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const CORE_GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
/** What Cairn asks of a person beyond the RFC. Some clients take extensions of this form of name alone. */
export const CAIRN = 'urn:ietf:params:scim:schemas:extension:cairn:2.0:User';

/** An attribute of a schema, as RFC 7643 7 describes one. */
export interface AttributeDefinition {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'dateTime' | 'reference' | 'complex';
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readWrite' | 'readOnly' | 'immutable';
  readonly returned: 'default' | 'always';
  readonly uniqueness: 'none' | 'server';
  readonly canonicalValues?: readonly string[];
  readonly subAttributes?: readonly AttributeDefinition[];
}

const attribute = (
  name: string,
  description: string,
  some: Partial<AttributeDefinition> = {},
): AttributeDefinition => ({
  name,
  type: 'string',
  multiValued: false,
  description,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...some,
});

const complex = (
  name: string,
  description: string,
  subAttributes: readonly AttributeDefinition[],
  some = {},
) => attribute(name, description, { type: 'complex', subAttributes, ...some });

const readOnly = { mutability: 'readOnly' } as const;

export interface SchemaDefinition {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly AttributeDefinition[];
}

/** What of each schema Cairn knows. Whatever else a client sends is ignored, and nowhere kept. */
export const SCHEMAS: readonly SchemaDefinition[] = [
  {
    id: CORE_USER,
    name: 'User',
    description: 'A person in the directory who has an employee id',
    attributes: [
      attribute('userName', 'The name by which the client knows the person', {
        required: true,
        uniqueness: 'server',
      }),
      attribute('externalId', 'The client’s own id; the employee id where employeeNumber is not given', {
        caseExact: true,
      }),
      complex(
        'name',
        'Given and family name; formatted is read where these two are not given, or are left as they are by a PATCH',
        [
          attribute('givenName', 'Given name'),
          attribute('familyName', 'Family name'),
          attribute('formatted', 'Both'),
        ],
      ),
      attribute(
        'displayName',
        'As the client displays the person, or both names; read as the name where none is given',
      ),
      attribute('title', 'The position'),
      attribute('active', 'Whether the person works here: false means that they have left', {
        type: 'boolean',
      }),
      complex(
        'emails',
        'One address: of several, the primary one, or that of type work, or the first',
        [
          attribute('value', 'The address'),
          attribute('type', 'Always work', { canonicalValues: ['work'] }),
          attribute('primary', 'Always true', { type: 'boolean' }),
        ],
        { multiValued: true },
      ),
      complex(
        'groups',
        'The groups that the person is in',
        [attribute('value', 'The group’s id', readOnly), attribute('display', 'Its name', readOnly)],
        { multiValued: true, ...readOnly },
      ),
    ],
  },
  {
    id: ENTERPRISE,
    name: 'EnterpriseUser',
    description: 'Where the person works, and for whom',
    attributes: [
      attribute(
        'employeeNumber',
        'The employee id, by which files mean the person; externalId where it is not given',
        {
          caseExact: true,
          mutability: 'immutable',
        },
      ),
      attribute('department', 'The department'),
      complex('manager', 'Whom the person reports to', [
        attribute('value', 'The manager’s id; an employee id or userName is understood too', {
          caseExact: true,
        }),
        attribute('displayName', 'The manager’s name', readOnly),
      ]),
    ],
  },
  {
    id: CAIRN,
    name: 'CairnUser',
    description: 'What else a file of people may say of a person',
    attributes: [
      attribute('level', 'The level of the position', {
        canonicalValues: ['individual', 'manager', 'director', 'executive'],
      }),
      attribute('location', 'The location'),
      attribute('hiredOn', 'The day of the hire, YYYY-MM-DD; the day of the request where it is not given'),
      attribute('onLeave', 'Whether the person is on leave', { type: 'boolean' }),
      attribute('leavingReason', 'Why the person has left', {
        canonicalValues: ['voluntary', 'involuntary', 'other'],
      }),
    ],
  },
  {
    id: CORE_GROUP,
    name: 'Group',
    description: 'People whom the client has put together; eligibility rules can ask for it by its name',
    attributes: [
      attribute('displayName', 'The name, one of its own', { required: true, uniqueness: 'server' }),
      attribute('externalId', 'The client’s own id', { caseExact: true }),
      complex(
        'members',
        'People: groups within groups are not taken',
        [
          attribute('value', 'The person’s id', { caseExact: true, mutability: 'immutable' }),
          attribute('display', 'Their name', readOnly),
          attribute('type', 'Always User', { canonicalValues: ['User'], ...readOnly }),
        ],
        { multiValued: true },
      ),
    ],
  },
];
