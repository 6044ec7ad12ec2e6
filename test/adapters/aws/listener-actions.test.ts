import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, it } from '@jest/globals';
import { asRequested, endOf, weightsOf, withWeights } from '../../../src/adapters/aws/listener-actions.ts';

const signIn: Action = {
  Type: 'authenticate-oidc',
  Order: 1,
  AuthenticateOidcConfig: {
    Issuer: 'https://sign-in.example',
    AuthorizationEndpoint: 'https://sign-in.example/authorize',
    TokenEndpoint: 'https://sign-in.example/token',
    UserInfoEndpoint: 'https://sign-in.example/user',
    ClientId: 'chatbot',
  },
};
const forward: Action = {
  Type: 'forward',
  Order: 2,
  ForwardConfig: {
    TargetGroups: [
      { TargetGroupArn: 'service', Weight: 90 },
      { TargetGroupArn: 'canary', Weight: 10 },
    ],
    TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 600 },
  },
};

it('changes weights and nothing else', () => {
  expect(withWeights([signIn, forward], { service: 100, standby: 0 })).toEqual([
    signIn,
    {
      ...forward,
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: 'service', Weight: 100 },
          { TargetGroupArn: 'canary', Weight: 0 },
          { TargetGroupArn: 'standby', Weight: 0 },
        ],
        TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 600 },
      },
    },
  ]);
});

it('forwards where the listener answered itself', () => {
  const redirect: Action = { Type: 'redirect', Order: 2, RedirectConfig: { StatusCode: 'HTTP_302' } };

  const changed = withWeights([signIn, redirect], { service: 100 });

  expect([weightsOf([signIn, redirect]), endOf([signIn, redirect])]).toEqual([{}, 'redirect']);
  expect(changed[1]).toEqual({
    ...{ Type: 'forward', Order: 2 },
    ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'service', Weight: 100 }] },
  });
});

it('keeps the client secret of a sign-in, which the service shows nobody', () => {
  expect(asRequested([signIn, forward])).toEqual([
    { ...signIn, AuthenticateOidcConfig: { ...signIn.AuthenticateOidcConfig, UseExistingClientSecret: true } },
    forward,
  ]);
});

it('counts a group that stands alone and without a weight', () => {
  expect(weightsOf([{ Type: 'forward', TargetGroupArn: 'service' }])).toEqual({ service: 1 });
});
