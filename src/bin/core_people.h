/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_CORE_PEOPLE_H
#define BIN_CORE_PEOPLE_H
/* The person behind an account: accounts have no address of their own. */
#include "db/db.h"

/* The mail address of the person of the register whose staff number or name is the account's, or the
   account's name itself where it is an address. add is not called where there is none. Returns what add does.
 */
int core_account_mail(struct db_tx *tx, struct str account, int (*add)(void *context, struct str mail),
		      void *context);

#endif
