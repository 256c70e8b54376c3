import { developmentIssuer, type DevelopmentIssuer } from '@cairn/identity';

/** Its own name, so that no token of it is ever taken where a real issuer is configured. */
export const ISSUER = 'urn:cairn:development-issuer';

/** The issuer of the standalone; its key lies in `home`. @throws DevelopmentIssuerError with NODE_ENV=production */
export const standaloneIssuer = (home: string): Promise<DevelopmentIssuer> =>
  developmentIssuer(home, { issuer: ISSUER });
