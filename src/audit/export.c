/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk: journal_check gives each leaf in order, a reader beside it the record.
 * What is not exported becomes nodes of a gap, which ends where a record is
 * exported or a head is shown.
 */
#include "audit/export.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit/private.h"
#include "base/clock.h"
#include "base/io.h"
#include "event/listener.h"

#define HEAD_EVERY CLOCK_HOUR
#define RELEASE_EVERY 1024 /* records */
#define TRY_AGAIN 256      /* leaves between attempts to find the tree again behind lost ones */

struct walk {
	const struct audit_export *export;
	struct parts *parts;
	struct audit_export_summary summary;
	struct journal_tree *tree;
	struct journal_reader *reader;
	struct journal_record record; /* the reader's current one; seq 0: none */
	bool reader_ended;
	unsigned unreleased;
	struct tlog_range range; /* all leaves, from 0 on, where known */
	struct tlog_range gap;   /* those of them that are not in the package and not written yet */
	struct tlog_range early; /* before the first record: up to the last head that fits there */
	const struct audit_head *early_head;
	bool begun, known;
	size_t next;      /* head */
	int64_t shown;    /* time of the head shown last */
	uint64_t pending; /* records since */
	struct buf line;
	struct err *err;
};

int audit_source_read(const char *text, struct audit_source *ret_source)
{
	struct audit_source source = {.text = text};

	if (!*text || strlen(text) > JOURNAL_HINT_MAX)
		return ERR_SYNTAX;
	source.is_net = ip_net_parse(str_from(text), &source.net) == 0;
	*ret_source = source;
	return 0;
}

static bool is_wanted(const struct audit_export *export, const struct journal_record *record)
{
	if (record->seq < export->range.first_seq || record->seq > export->range.last_seq ||
	    record->received < export->range.from || record->received >= export->range.to)
		return false;
	for (size_t i = 0; i < export->source_count; i++) {
		const struct audit_source *source = &export->sources[i];

		if (source->is_net ? ip_net_contains(&source->net, record->peer)
				   : strcmp(source->text, listener_name(record->listener)) == 0 ||
					     str_eq(str_from(source->text), record->hint))
			return true;
	}
	return !export->source_count;
}

/* -- lines --------------------------------------------------------------------------------------------- */

static int add_line(struct walk *walk, struct audit_spool *spool)
{
	int r;

	buf_add_char(&walk->line, '\n');
	r = audit_spool_add(spool, buf_str(&walk->line));
	buf_clear(&walk->line);
	if (r == 0 && spool == &walk->parts->proofs && spool->bytes > AUDIT_PROOFS_MAX)
		return err_set(walk->err, ERR_LIMIT, 0, 0,
			       "the proofs are too large for one package; export a shorter time, or more of "
			       "the sources");
	return r < 0 ? err_set(walk->err, r, 0, 0, "cannot write: %s", err_text(r)) : 0;
}

static int write_nodes(struct walk *walk, struct tlog_range *nodes)
{
	const struct audit_proof_line proof = {.nodes = *nodes};

	if (nodes->begin == nodes->end)
		return 0;
	tlog_range_init(nodes, nodes->end);
	audit_proof_line(&proof, &walk->line);
	return add_line(walk, &walk->parts->proofs);
}

/* A head of the tree that ends with what has been written. */
static int write_head(struct walk *walk, const struct audit_head *head)
{
	const struct audit_proof_line proof = {.head = head->head.size};
	int r;

	audit_proof_line(&proof, &walk->line);
	r = add_line(walk, &walk->parts->proofs);
	if (r == 0)
		r = audit_heads_text(walk->export->heads, head, &walk->parts->heads);
	if (!walk->parts->info.heads++)
		walk->parts->info.first_head = head->head.time;
	walk->parts->info.last_head = walk->shown = head->head.time;
	return r < 0 ? err_set(walk->err, r, 0, 0, "cannot read the heads again: %s", err_text(r)) : 0;
}

static int write_gap(struct walk *walk)
{
	const struct audit_head *early = walk->early_head;
	int r = write_nodes(walk, &walk->early);

	walk->early_head = NULL;
	if (r == 0 && early)
		r = write_head(walk, early);
	return r < 0 ? r : write_nodes(walk, &walk->gap);
}

/* The range stands at the head's size. */
static bool head_fits(struct walk *walk, const struct audit_head *head)
{
	struct tlog_hash root;

	tlog_range_root(&walk->range, &root);
	if (memcmp(&root, &head->head.root, sizeof(root)) == 0)
		return true;
	walk->summary.problems++;
	audit_tell(walk->export->report,
		   (struct audit_problem){.kind = AUDIT_DIFFERS,
					  .first_seq = 1,
					  .last_seq = head->head.seq,
					  .to = head->head.time},
		   "the head is left out of the package; check the archive with audit verify");
	return false;
}

static int show_head(struct walk *walk, const struct audit_head *head)
{
	int r;

	if (!head_fits(walk, head))
		return 0;
	r = write_gap(walk);
	walk->pending = 0;
	return r < 0 ? r : write_head(walk, head);
}

/* While there is no record, the last head is kept in mind: the records came after its time. */
static void keep_early(struct walk *walk, const struct audit_head *head)
{
	if (!head_fits(walk, head))
		return;
	must(tlog_range_join(&walk->early, &walk->gap) == 0);
	tlog_range_init(&walk->gap, walk->range.end);
	walk->early_head = head;
}

/* Goes on to a leaf with kept nodes in place of what is deleted; false where there are none. */
static bool join_nodes(struct walk *walk, uint64_t leaf)
{
	struct tlog_range nodes;

	if (!walk->known ||
	    tlog_range_fetch(walk->range.end, leaf, journal_tree_fetch, walk->tree, &nodes) < 0)
		return false;
	must(tlog_range_join(&walk->range, &nodes) == 0 && tlog_range_join(&walk->gap, &nodes) == 0);
	return true;
}

/* Goes on to a leaf in any case. Where leaves are lost, all begins again behind them, and records since the
   last head shown stay without a proof. */
static int skip_to(struct walk *walk, uint64_t leaf)
{
	struct tlog_range nodes;
	int r;

	if (join_nodes(walk, leaf))
		return 0;
	r = walk->known ? write_gap(walk) : 0;
	walk->summary.unproven += walk->pending;
	walk->pending = 0;
	walk->known = tlog_range_fetch(0, leaf, journal_tree_fetch, walk->tree, &nodes) == 0;
	if (!walk->known)
		tlog_range_init(&nodes, leaf);
	walk->range = walk->gap = nodes;
	tlog_range_init(&walk->early, nodes.begin);
	return r;
}

/* Of those beside the archive the last in each hour is enough, while there are records to prove. */
static bool is_needed(const struct walk *walk, size_t place)
{
	const struct audit_heads *heads = walk->export->heads;
	const struct audit_head *head = &heads->items[place];

	if (head->signature != AUDIT_SIGNED || head->head.size < walk->range.end || !walk->known)
		return false;
	if (head->given)
		return true;
	while (++place < heads->len)
		if (heads->items[place].signature == AUDIT_SIGNED)
			return walk->pending && heads->items[place].head.time - walk->shown >= HEAD_EVERY;
	return walk->pending;
}

static bool is_early(const struct walk *walk, const struct audit_head *head)
{
	return !walk->parts->info.records && !head->given && head->signature == AUDIT_SIGNED && walk->known &&
	       head->head.size >= walk->range.end;
}

static int pass_heads(struct walk *walk, uint64_t leaf)
{
	const struct audit_heads *heads = walk->export->heads;
	int r = 0;

	for (; r == 0 && walk->next < heads->len && heads->items[walk->next].head.size <= leaf;
	     walk->next++) {
		const struct audit_head *head = &heads->items[walk->next];
		bool early = is_early(walk, head);

		if ((!early && !is_needed(walk, walk->next)) ||
		    (head->head.size != walk->range.end && !join_nodes(walk, head->head.size)))
			continue;
		if (early)
			keep_early(walk, head);
		else
			r = show_head(walk, head);
	}
	return r;
}

/* -- records ------------------------------------------------------------------------------------------- */

/* The record with a number, from the reader; false where it is not there. */
static bool find_record(struct walk *walk, uint64_t seq)
{
	int r = 0;

	while (!walk->reader_ended && walk->record.seq < seq) {
		if (++walk->unreleased >= RELEASE_EVERY) {
			journal_reader_release(walk->reader);
			walk->unreleased = 0;
		}
		walk->record.seq = 0;
		r = journal_reader_next(walk->reader, &walk->record, NULL);
		if (r == ERR_CORRUPT) /* told by journal_check */
			continue;
		walk->reader_ended = r < 0;
	}
	return !walk->reader_ended && walk->record.seq == seq;
}

/* Behind a leaf, which the package has as a record or as a part of a gap. */
static void step(struct walk *walk, uint64_t leaf, const struct tlog_hash *hash, bool exported)
{
	if (walk->known)
		tlog_range_append(&walk->range, hash);
	else
		tlog_range_init(&walk->range, leaf + 1);
	if (walk->known && !exported)
		tlog_range_append(&walk->gap, hash);
	else
		tlog_range_init(&walk->gap, leaf + 1);
}

static int export_record(struct walk *walk, uint64_t leaf, const struct tlog_hash *hash)
{
	struct audit_package_info *info = &walk->parts->info;
	const struct journal_record *record = &walk->record;
	int r = write_gap(walk);

	audit_record_line(record, leaf, &walk->line);
	if (info->records++ < PREVIEW_RECORDS) {
		buf_add_str(&walk->parts->preview, buf_str(&walk->line));
		buf_add_char(&walk->parts->preview, '\n');
	}
	if (r == 0)
		r = add_line(walk, &walk->parts->records);
	if (info->records == 1 || record->received < info->received_from)
		info->received_from = record->received;
	if (info->records == 1 || record->received > info->received_to)
		info->received_to = record->received;
	if (info->records == 1)
		info->first_seq = record->seq;
	info->last_seq = record->seq;
	walk->pending += walk->known;
	walk->summary.unproven += !walk->known;
	step(walk, leaf, hash, true);
	return r;
}

/* Where the walk begins, and the last head before it: the records came after that time. */
static int begin_at(struct walk *walk, uint64_t leaf)
{
	const struct audit_heads *heads = walk->export->heads;
	const struct audit_head *before = NULL;

	walk->begun = walk->known = true;
	for (; walk->next < heads->len && heads->items[walk->next].head.size <= leaf; walk->next++)
		if (heads->items[walk->next].signature == AUDIT_SIGNED)
			before = &heads->items[walk->next];
	if (before && join_nodes(walk, before->head.size))
		keep_early(walk, before);
	return walk->range.end < leaf ? skip_to(walk, leaf) : 0;
}

static int visit_leaf(void *context, uint64_t leaf, uint64_t seq, const struct tlog_hash *hash)
{
	struct walk *walk = context;
	const struct audit_report *report = walk->export->report;
	struct tlog_hash own;
	int r = walk->begun ? pass_heads(walk, leaf) : begin_at(walk, leaf);

	if (r == 0 && (leaf > walk->range.end || (!walk->known && leaf % TRY_AGAIN == 0)))
		r = skip_to(walk, leaf);
	if (r < 0 || leaf < walk->range.end)
		return r;
	if (report->progress && leaf % RELEASE_EVERY == 0)
		report->progress(report->context, leaf, journal_tree_size(walk->tree));
	if (find_record(walk, seq) && is_wanted(walk->export, &walk->record)) {
		journal_leaf(&walk->record, &own);
		if (memcmp(&own, hash, sizeof(own)) == 0)
			return export_record(walk, leaf, hash);
	}
	step(walk, leaf, hash, false);
	return 0;
}

static int visit_span(void *context, const struct journal_span *span)
{
	static const int kinds[] = {[JOURNAL_LOST] = AUDIT_LOST,
				    [JOURNAL_ALTERED] = AUDIT_ALTERED,
				    [JOURNAL_MISPLACED] = AUDIT_MISPLACED};
	struct walk *walk = context;

	if (span->finding != JOURNAL_LOST && span->finding != JOURNAL_ALTERED &&
	    span->finding != JOURNAL_MISPLACED)
		return 0;
	walk->summary.problems++;
	audit_tell(walk->export->report,
		   (struct audit_problem){.kind = (enum audit_problem_kind)kinds[span->finding],
					  .first_seq = span->first_seq,
					  .last_seq = span->last_seq},
		   "%s", span->reason);
	return 0;
}

/* The head behind the last record. */
static int end(struct walk *walk)
{
	const struct audit_head *head = audit_heads_covering(walk->export->heads, walk->range.end);
	int r = walk->pending ? pass_heads(walk, walk->range.end) : 0;

	if (r == 0 && walk->pending && head) {
		if (head->head.size == walk->range.end || join_nodes(walk, head->head.size))
			r = show_head(walk, head);
	}
	walk->summary.unproven += walk->pending;
	return r;
}

static int walk_archive(struct walk *walk, struct err *ret_err)
{
	const struct audit_export *export = walk->export;
	int r = journal_tree_open(export->folder, export->key, &walk->tree, ret_err);

	if (r == 0)
		r = journal_reader_open(export->folder, export->key, export->range.first_seq, &walk->reader,
					ret_err);
	if (r == 0)
		r = journal_check(export->folder, export->key, export->range.first_seq,
				  export->range.last_seq, visit_span, visit_leaf, walk, ret_err);
	if (r == 0)
		r = end(walk);
	journal_reader_close(walk->reader);
	journal_tree_close(walk->tree);
	buf_done(&walk->line);
	if (r == 0 && !walk->parts->info.records)
		r = err_set(ret_err, ERR_END, 0, 0, "no record of this range and these sources is there");
	return r;
}

static void describe(const struct walk *walk, struct buf *sources)
{
	const struct audit_export *export = walk->export;
	struct audit_package_info *info = &walk->parts->info;

	for (size_t i = 0; i < export->source_count; i++)
		buf_printf(sources, "%s%s", i ? ", " : "", export->sources[i].text);
	memcpy(info->node, export->node, sizeof(info->node));
	info->program = export->program;
	info->by = export->by;
	info->from = export->from ? export->from : "";
	info->to = export->to ? export->to : "";
	info->sources = buf_cstr(sources);
	info->created = clock_now();
	info->unproven = walk->summary.unproven;
}

/* The folder that the package will be in. */
static int open_spools(const char *out, struct parts *parts)
{
	char folder[4096];
	const char *slash = strrchr(out, '/');
	int r;

	if (snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - out) + 1 : 1, slash ? out : ".") >=
	    (int)sizeof(folder))
		return -ENAMETOOLONG;
	r = audit_spool_open(folder, &parts->records);
	return r < 0 ? r : audit_spool_open(folder, &parts->proofs);
}

int audit_export(const struct audit_export *export, struct audit_export_summary *ret_summary,
		 struct err *ret_err)
{
	struct parts parts = {.records.fd = -1, .proofs.fd = -1};
	struct walk walk = {.export = export, .parts = &parts, .err = ret_err};
	struct buf sources = {0};
	int r = open_spools(export->out, &parts);

	if (r < 0)
		err_set(ret_err, r, 0, 0, "%s: cannot write beside it: %s", export->out, err_text(r));
	else
		r = walk_archive(&walk, ret_err);
	if (r == 0) {
		r = audit_spool_finish(&parts.records);
		if (r == 0)
			r = audit_spool_finish(&parts.proofs);
		if (r < 0)
			err_set(ret_err, r, 0, 0, "cannot write: %s", err_text(r));
	}
	if (r == 0) {
		describe(&walk, &sources);
		walk.summary.records = parts.info.records;
		walk.summary.first_seq = parts.info.first_seq;
		walk.summary.last_seq = parts.info.last_seq;
		walk.summary.received_from = parts.info.received_from;
		walk.summary.received_to = parts.info.received_to;
		walk.summary.heads = parts.info.heads;
		r = package_write(export, &parts, &walk.summary, ret_err);
	}
	if (r == 0)
		*ret_summary = walk.summary;
	audit_spool_close(&parts.records);
	audit_spool_close(&parts.proofs);
	buf_done(&parts.heads);
	buf_done(&parts.preview);
	buf_done(&sources);
	return r;
}
