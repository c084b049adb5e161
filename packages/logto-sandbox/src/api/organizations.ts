import { answer, type Handler } from './exchange.js';
import { userOf } from './user-view.js';

export const listUserOrganizations: Handler = ({ store, params }) => {
  const user = userOf(store, params['userId']);
  return answer(
    [...store.organizations.values()].flatMap(({ members, ...organization }) => {
      const roles = members.get(user.id);
      return roles
        ? [
            {
              tenantId: 'default',
              ...organization,
              customData: {},
              isMfaRequired: false,
              color: {},
              branding: {},
              customCss: null,
              organizationRoles: roles,
            },
          ]
        : [];
    }),
  );
};
