/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/io.h"
#include "bin/config.h"
#include "journal/crypt.h"

#define KEY_FILE_MAX 1024
#define PASSPHRASE_MIN 12

int config_read_secret(const char *path, size_t max, struct buf *text, struct err *ret_err)
{
	struct stat status;
	int r = stat(path, &status) == 0 && status.st_mode & S_IRWXO ? ERR_DENIED : 0;

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "%s can be read or written by everybody; chmod 600 it",
			       path);
	r = io_read_file(path, max, text);
	return r < 0 ? err_set(ret_err, r, 0, 0, "cannot read %s: %s", path, err_text(r)) : 0;
}

static int make_key(const struct config *config, struct arena *arena, bool make, struct str text,
		    struct journal_key *key, struct err *ret_err)
{
	const char *file;
	int r;

	if (config->journal_key_file[0]) {
		file = config->journal_key_file;
		r = journal_key_parse(text, key, ret_err);
	} else {
		file = config->journal_passphrase_file;
		if (text.len < PASSPHRASE_MIN)
			r = err_set(ret_err, ERR_RANGE, 0, 0, "a passphrase has at least %d bytes",
				    PASSPHRASE_MIN);
		else
			r = journal_key_derive(config_path(config, arena, "journal"), text, make, key,
					       ret_err);
	}
	if (r < 0)
		err_set_file(ret_err, file);
	return r;
}

int config_journal_key(const struct config *config, struct arena *arena, bool make,
		       const struct journal_key **ret_key, struct err *ret_err)
{
	bool by_key = config->journal_key_file[0], by_passphrase = config->journal_passphrase_file[0];
	struct buf text = {0};
	struct journal_key *key;
	int r;

	if (by_key && by_passphrase)
		return err_set(ret_err, ERR_SYNTAX, 0, 0,
			       "set journal.key_file or journal.passphrase_file, not both");
	if (!by_key && !by_passphrase) {
		*ret_key = NULL;
		return 0;
	}
	key = arena_struct(arena, struct journal_key);
	r = config_read_secret(by_key ? config->journal_key_file : config->journal_passphrase_file,
			       KEY_FILE_MAX, &text, ret_err);
	if (r == 0)
		r = make_key(config, arena, make, str_trim(buf_str(&text)), key, ret_err);
	if (text.ptr)
		explicit_bzero(text.ptr, text.capacity);
	buf_done(&text);
	if (r == 0)
		*ret_key = key;
	return r;
}
