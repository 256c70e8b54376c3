import { UnauthorizedException } from '@nestjs/common';

/** No token, or one that cannot be accepted: 401 with a challenge (RFC 6750). */
export class Unauthenticated extends UnauthorizedException {
  /** The value of the header WWW-Authenticate. */
  readonly challenge: string;

  constructor(
    readonly detail: string,
    code?: 'invalid_token' | 'invalid_request',
  ) {
    super(detail);
    this.name = 'Unauthenticated';
    this.challenge = code
      ? `Bearer realm="cairn", error="${code}", error_description="${detail}"`
      : 'Bearer realm="cairn"';
  }
}
