/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate the console shows: the operator's, or our own in DATA/tls.pem. */
#include <errno.h>
#include <limits.h>

#include "web/private.h"

int tls_load(const struct web_options *options, struct tls_pair *ret_pair, struct err *ret_err)
{
	char path[PATH_MAX];

	if (options->tls_certificate)
		return tls_pair_read(options->tls_certificate, options->tls_key, ret_pair, ret_err);
	*ret_pair = (struct tls_pair){0};
	if (snprintf(path, sizeof(path), "%s/tls.pem", options->data) >= (int)sizeof(path))
		return err_set(ret_err, -ENAMETOOLONG, 0, 0, "the path of the data folder is too long");
	return tls_pair_own(path, ret_pair, ret_err);
}
