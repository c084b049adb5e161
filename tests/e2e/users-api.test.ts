import { startWorld } from '../world.js';
import { describeUsersApi } from './users-api.js';

describeUsersApi('the Users API through client, BFF and sandbox', () => startWorld());
