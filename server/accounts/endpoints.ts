import * as z from 'zod';
import {
  Credentials,
  OpenSessions,
  PutRole,
  RefreshRequest,
  Registration,
  RolePut,
  Session,
  SessionsEnded,
} from '../../src/protocol/accounts.ts';
import type { Endpoint, Link } from '../http/description/endpoint.ts';
import { at, LOGIN, REGISTER } from './routes.ts';

const tag = 'Accounts';
const ofUser = z.object({ userId: z.uuid() });

const REFRESHES: Link = {
  to: 'post /api/auth/refresh',
  body: { refreshToken: '$response.body#/refreshToken' },
};
/** Calls of an administrator about the user of a session. */
const ADMINISTERED: Link[] = [
  'get /api/v1/admin/users/:userId/sessions',
  'delete /api/v1/admin/users/:userId/sessions',
  'put /api/v1/admin/users/:userId/role',
].map((to) => ({ to, params: { userId: '$response.body#/userId' } }));

export const accountEndpoints: Endpoint[] = [
  {
    method: 'get',
    path: '/.well-known/jwks.json',
    tag,
    summary: 'The public keys that tokens can be checked with',
    access: 'public',
    answers: { 200: z.object({ keys: z.array(z.looseObject({ kid: z.string() })) }) },
  },
  {
    method: 'post',
    path: REGISTER,
    tag,
    summary: 'Become a buyer',
    access: 'public',
    body: Registration,
    answers: { 201: Session },
    leadsTo: [
      {
        to: 'post /api/auth/login',
        body: { username: '$request.body#/username', password: '$request.body#/password' },
      },
      REFRESHES,
      ...ADMINISTERED,
    ],
    refusals: ['USERNAME_TAKEN', 'WRONG_CODE'],
  },
  {
    method: 'post',
    path: LOGIN,
    tag,
    summary: 'Log in',
    access: 'public',
    body: Credentials,
    answers: { 200: Session },
    leadsTo: [REFRESHES, ...ADMINISTERED],
    refusals: ['INVALID_CREDENTIALS', 'TOO_MANY_ATTEMPTS'],
  },
  {
    method: 'post',
    path: at('refresh'),
    tag,
    summary: 'Get a new token for a refresh token',
    access: 'public',
    body: RefreshRequest,
    answers: { 200: Session },
    leadsTo: [REFRESHES],
    refusals: ['INVALID_REFRESH_TOKEN'],
  },
  {
    method: 'post',
    path: at('logout'),
    tag,
    summary: 'End this session',
    access: 'user',
    answers: { 200: SessionsEnded },
  },
  {
    method: 'post',
    path: at('logout-all'),
    tag,
    summary: 'End all of one’s own sessions',
    access: 'user',
    answers: { 200: SessionsEnded },
  },
  {
    method: 'get',
    path: '/api/v1/admin/users/:userId/sessions',
    tag: 'Admin',
    summary: 'List a user’s open sessions',
    access: ['admin'],
    params: ofUser,
    answers: { 200: OpenSessions },
    leadsTo: [
      {
        to: 'delete /api/v1/admin/sessions/:sessionId',
        params: { sessionId: '$response.body#/sessions/0/sessionId' },
      },
    ],
    refusals: ['NOT_FOUND'],
  },
  {
    method: 'delete',
    path: '/api/v1/admin/users/:userId/sessions',
    tag: 'Admin',
    summary: 'End all sessions of a user',
    access: ['admin'],
    params: ofUser,
    answers: { 200: SessionsEnded },
    refusals: ['NOT_FOUND'],
  },
  {
    method: 'delete',
    path: '/api/v1/admin/sessions/:sessionId',
    tag: 'Admin',
    summary: 'End a session',
    access: ['admin'],
    params: z.object({ sessionId: z.uuid() }),
    answers: { 200: SessionsEnded },
    refusals: ['NOT_FOUND'],
  },
  {
    method: 'put',
    path: '/api/v1/admin/users/:userId/role',
    tag: 'Admin',
    summary: 'Give a user another role',
    access: ['admin'],
    params: ofUser,
    body: PutRole,
    answers: { 200: RolePut },
    refusals: ['NOT_FOUND'],
  },
];
