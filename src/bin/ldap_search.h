/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_LDAP_SEARCH_H
#define BIN_LDAP_SEARCH_H
/*
 * All people of an LDAP directory (RFC 4511), Active Directory included: in pages (RFC 2696), so that its
 * limit of a thousand does not cut the answer short; over TLS with the certificate checked. Referrals are not
 * followed: they would take the password elsewhere. An answer that is not whole is an error.
 */
#include "base/str.h"
#include "people/directory.h"

#define LDAP_PAGE 500
#define LDAP_ATTRIBUTES_MAX 1024 /* bytes of the mapping */
#define LDAP_CA_DEFAULT "/etc/ssl/certs/ca-certificates.crt"

struct ldap_options {
	const char *url;          /* ldap:// or ldaps://, host and port alone */
	bool starttls, unchecked; /* unchecked: without a look at the certificate; on this machine only */
	const char *ca;           /* empty: LDAP_CA_DEFAULT */
	const char *bind_dn;      /* empty: nobody is signed in */
	const char *password;
	const char *base, *filter;
	const char *attributes; /* "key=objectGUID,name=displayName,…" */
	unsigned timeout;       /* seconds, of each page */
};

/* Whether these options can be meant: 0, or ERR_SYNTAX, ERR_DENIED with the reason. */
int ldap_check(const struct ldap_options *options, struct err *ret_err);

/* Calls visit for every person; its texts live until it returns. */
typedef int ldap_visit(void *context, const struct directory_person *person);
int ldap_search_people(const struct ldap_options *options, ldap_visit *visit, void *context,
		       struct err *ret_err);

#endif
