/* SPDX-License-Identifier: Apache-2.0 */
/*
 * That a record is in the tree that was signed: what 'wanglou audit prove' prints, made by core, which may
 * read the journal. Asked for by people, one at a time: it reads the header of every segment, and checks the
 * signatures of the heads of one day.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "audit/prove.h"
#include "base/clock.h"
#include "base/io.h"
#include "custody/heads.h"
#include "web/event.h"
#include "web/route.h"

/* The smallest head that covers a leaf, as far as is known: all of the newest day, of the others the last. */
struct covering {
	uint64_t size;
	bool found;
	struct tlog_head head;
};

static int visit_head(void *context, const struct tlog_head *head, struct str note)
{
	struct covering *covering = context;

	(void)note;
	if (head->size < covering->size)
		return 1;
	covering->found = true;
	covering->head = *head;
	return 0;
}

static int add_key(const char *path, void *context)
{
	const char *slash = strrchr(path, '/');

	if (strncmp(slash ? slash + 1 : path, "key-", 4) == 0)
		audit_heads_add_key(context, path, false, NULL);
	return 0;
}

/* What else is wrong with the heads of that day is for 'wanglou audit verify' to say. */
static void pass_over(void *context, const struct audit_problem *problem)
{
	(void)context, (void)problem;
}

/* The heads of the day of the covering one, and the keys they are signed with. */
static int read_heads(const char *folder, const struct covering *covering, struct audit_heads *heads,
		      struct err *ret_err)
{
	const struct audit_report silent = {.problem = pass_over};
	struct clock_civil day;
	char path[PATH_MAX];
	int r = io_walk(folder, ".pem", add_key, heads);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "cannot read the keys: %s", err_text(r));
	clock_to_civil(covering->head.time, &day);
	if (snprintf(path, sizeof(path), "%s/heads-%04d%02d%02d.txt", folder, (int)day.year, (int)day.month,
		     (int)day.day) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	r = audit_heads_add_file(heads, path, false, &silent, ret_err);
	if (r == 0)
		audit_heads_check(heads, NULL, &silent);
	return r;
}

static void write_proof(struct call *call, uint64_t leaf, const struct covering *covering, struct str json)
{
	out_open(call->out, NULL, '{');
	out_integer(call->out, "leaf_index", (int64_t)leaf);
	out_integer(call->out, "tree_size", (int64_t)covering->head.size);
	out_time(call->out, "signed", covering->head.time);
	out_json(call->out, "proof", json);
	out_close(call->out, '}');
}

static int prove(struct call *call, struct audit_archive *archive, uint64_t seq, struct err *ret_err)
{
	struct covering covering = {0};
	struct audit_heads heads = {0};
	struct buf json = {0};
	uint64_t leaf;
	char folder[PATH_MAX];
	int r = journal_tree_leaf(archive->tree, seq, &leaf);

	if (r < 0)
		return r;
	if (snprintf(folder, sizeof(folder), "%s/sealed", archive->folder) >= (int)sizeof(folder))
		return -ENAMETOOLONG;
	covering.size = leaf + 1;
	r = heads_walk(folder, false, visit_head, &covering);
	if (r >= 0 && !covering.found)
		return ERR_RANGE;
	if (r >= 0)
		r = read_heads(folder, &covering, &heads, ret_err);
	archive->heads = &heads;
	archive->node = covering.head.node;
	if (r >= 0)
		r = audit_prove_inclusion(archive, seq, covering.head.size, &json, ret_err);
	if (r == 0)
		write_proof(call, leaf, &covering, buf_str(&json));
	buf_done(&json);
	archive->heads = NULL;
	archive->node = NULL;
	audit_heads_done(&heads);
	return r;
}

static const struct refusal refusals[] = {
	{ERR_END, 404, "not_found", WORDS("there is no such record")},
	{ERR_RANGE, 409, "not_signed",
	 WORDS("no signed head covers the record yet; one is made every minute")},
	{ERR_CORRUPT, 409, "altered", NULL},
};

void api_get_event_proof(struct call *call)
{
	const struct web_options *options = &call->web->options;
	struct audit_archive archive = {.folder = options->journal, .key = options->journal_key};
	struct err err = {0};
	uint64_t seq;
	int r;

	if (str_to_u64(call->path_values[0], &seq) < 0 || !seq || !archive.folder ||
	    event_is_hidden(call, seq)) {
		call_fail(call, 404, "not_found", "there is no such record, or it is one for auditors alone");
		return;
	}
	r = journal_tree_open(archive.folder, archive.key, &archive.tree, &err);
	if (r == 0)
		r = prove(call, &archive, seq, &err);
	journal_tree_close(archive.tree);
	if (r < 0)
		call_explain(call, r, &err, refusals, sizeof(refusals) / sizeof(refusals[0]));
}
