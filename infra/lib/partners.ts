// The companies that functions may call, and where their APIs are. What they give us to call them with is theirs to
// give: a secret named after a partner (`stripe-webhook`) is filled in by people, never generated.
import type { Settings } from './settings.ts';

const APIS: Readonly<Record<string, string>> = {
  biscuit: 'https://api.biscuit.example',
  'golden-hat': 'https://api.golden-hat.example',
  'happy-cat-box': 'https://api.happycatbox.example',
  stripe: 'https://api.stripe.com',
};

export const PARTNERS = Object.keys(APIS);

export function isGivenByPartner(secret: string): boolean {
  return PARTNERS.some((partner) => secret.startsWith(`${partner}-`));
}

/** The base URL of a partner's API in this deployment. */
export function partnerUrl(settings: Settings, partner: string): string {
  const url = settings.partners[partner] ?? APIS[partner];
  if (url === undefined) {
    throw new Error(`partner ${partner}: its API is unknown to lib/partners.ts`);
  }
  return url;
}

/** What functions find that URL under. */
export function partnerVariable(partner: string): string {
  return `PARTNER_${partner.toUpperCase().replaceAll('-', '_')}`;
}
