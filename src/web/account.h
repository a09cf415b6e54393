/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_ACCOUNT_H
#define WEB_ACCOUNT_H
/* Inside web/: the accounts of others, as their administrators meet them. */
#include "web/route.h"

/* The account at the first {…} of the path; false: has answered. */
bool account_find(struct call *call, struct user *ret_user);

/* The same, where it is another's and not one who watches. */
bool account_find_other(struct call *call, struct user *ret_user);

/* An API token as an object of the call's answer; context is the call. */
int account_write_token(void *context, const struct api_token *token);

#endif
