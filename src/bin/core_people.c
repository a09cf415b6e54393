/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/core_people.h"

#include "people/person.h"
#include "people/register.h"

struct receiver {
	int (*add)(void *context, struct str mail);
	void *context;
};

static int add_person(void *context, const struct person *person)
{
	const struct receiver *receiver = context;

	return person->mail.len ? receiver->add(receiver->context, person->mail) : 0;
}

int core_account_mail(struct db_tx *tx, struct str account, int (*add)(void *context, struct str mail),
		      void *context)
{
	const struct register_view view = {0};
	struct receiver receiver = {add, context};
	int64_t person = 0;
	int r;

	if (!account.len)
		return 0;
	if (str_find_char(account, '@') != STR_NOT_FOUND)
		return add(context, account);
	r = person_find(tx, account, &view, &person);
	if (r == 0)
		r = person_get(tx, person, &view, add_person, &receiver);
	return r == ERR_END || r == ERR_DUPLICATE ? 0 : r;
}
