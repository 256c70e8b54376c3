import { ServiceUnavailableException } from '@nestjs/common';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import { subjectOf } from './claims.js';
import type { Subject } from './subject.js';
import { Unauthenticated } from './unauthenticated.js';

export interface VerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  /** The issuer's public keys: given, or fetched from its address and refreshed when an unknown key id turns up. */
  readonly keys: JSONWebKeySet | URL;
  /** Signature algorithms accepted; symmetric ones and `none` are never. */
  readonly algorithms?: readonly ('EdDSA' | 'ES256' | 'RS256')[];
}

/** Turns a bearer token into the subject it speaks for. */
export interface Verifier {
  /** @throws Unauthenticated; ServiceUnavailableException when the issuer's keys cannot be fetched */
  verify(token: string): Promise<Subject>;
}

const CLOCK_TOLERANCE_SECONDS = 10;
/** A withdrawn key stops working within this time, however long its tokens run. */
const REMEMBERED_MS = 60_000;
const REMEMBERED_TOKENS = 5_000;

/** A verifier that remembers the last tokens it accepted, so that a signature is not checked on every request. */
export function verifier({
  issuer,
  audience,
  keys,
  algorithms = ['EdDSA', 'ES256', 'RS256'],
}: VerifierOptions): Verifier {
  const keyFor: JWTVerifyGetKey = keys instanceof URL ? createRemoteJWKSet(keys) : createLocalJWKSet(keys);
  const remembered = new Map<string, { subject: Subject; until: number }>();

  return {
    async verify(token) {
      const known = remembered.get(token);
      if (known && known.until > Date.now()) return known.subject;
      remembered.delete(token);

      const { payload } = await jwtVerify(token, keyFor, {
        issuer,
        audience,
        algorithms: [...algorithms],
        requiredClaims: ['sub', 'exp', 'tenant', 'roles'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      }).catch((error: unknown) => {
        throw refusalOf(error);
      });
      const subject = subjectOf(payload);
      // A Map keeps the order of insertion: the oldest goes first.
      if (remembered.size >= REMEMBERED_TOKENS) remembered.delete(remembered.keys().next().value!);
      remembered.set(token, { subject, until: Math.min(Date.now() + REMEMBERED_MS, payload.exp! * 1000) });
      return subject;
    },
  };
}

function refusalOf(error: unknown): Error {
  if (error instanceof errors.JWTExpired) return invalid('The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed)
    return invalid(`The token's claim ${error.claim} is missing or not acceptable here.`);
  if (error instanceof errors.JOSEAlgNotAllowed)
    return invalid("The token's signature algorithm is not accepted.");
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return invalid('The token was not signed with a known key of the issuer.');
  }
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return invalid("The token's signature is not valid.");
  if (
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JOSENotSupported
  ) {
    return invalid('The token is not a well-formed JWT.');
  }
  // Anything else lies with the issuer's keys, not with the caller.
  return new ServiceUnavailableException('The keys of the token issuer cannot be fetched now.', {
    cause: error,
  });
}

const invalid = (detail: string) => new Unauthenticated(detail, 'invalid_token');
