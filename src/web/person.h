/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_PERSON_H
#define WEB_PERSON_H
/* Inside web/: that somebody is who they say: passwords and codes, slowed down and recorded. */
#include "web/private.h"

#define PASSWORD_INPUT_MAX 256 /* characters, as in api.yaml */

/* False where there were too many wrong passwords or codes lately: has answered 429, with the time to wait.
   Else the attempt counts as a failure until it is taken back. */
bool person_may_try(struct call *call, struct str name);

/* Why an attempt failed, for the trail. The failure that begins or lengthens a wait is told apart: a rule
   looks for it. */
const char *person_failure(struct call *call, struct str name, const char *reason);

/* A code was not taken (second_factor_check()'s r): records it and answers. */
void person_refuse_code(struct call *call, const char *action, struct str name, int r);

/* What matters asks for the password once more, of the one who is signed in: what lies open on a desk is not
   enough. False: has recorded it under the action and answered 403 or 429. */
bool person_proves(struct call *call, const char *action, struct str password);

/* The same with a code, where the account has a second factor. */
bool person_proves_code(struct call *call, const char *action, struct str code);

#endif
