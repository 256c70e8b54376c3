import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const VERSIONED = Symbol('versioned');

/**
 * Says of a route, or of all routes of a controller, what the API document then tells: its answer carries a version as
 * ETag; where it reads, If-None-Match is answered with 304; where it is a command, it changes one thing, and only as the
 * giver has seen it if they send If-Match. `false` says of a route that its controller's word does not hold for it.
 */
export const Versioned = (is = true): CustomDecorator<symbol> => SetMetadata(VERSIONED, is);
