/* SPDX-License-Identifier: Apache-2.0 */
#include "custody/signer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/io.h"

#define HASHED_AT_ONCE 32 /* records */

struct signer {
	struct signer_options options;
	struct journal_reader *reader; /* NULL: nothing is restored */
	struct tlog_range range;       /* of all leaves from 0 to what is hashed */
	uint64_t seq;                  /* of the last of them */
	/* Read, and the next leaves behind the range: they are hashed together, and none is left when
	   signer_read() returns. */
	struct journal_record waiting[HASHED_AT_ONCE];
	size_t waiting_count;
	struct tlog_head last; /* the last one signed; size 0: none */
	struct buf recent;     /* the newest notes, oldest first */
	bool recent_read;
};

struct signer *signer_new(const struct signer_options *options)
{
	struct signer *signer = calloc(1, sizeof(*signer));

	must(signer);
	signer->options = *options;
	return signer;
}

void signer_free(struct signer *signer)
{
	if (!signer)
		return;
	journal_reader_close(signer->reader);
	buf_done(&signer->recent);
	free(signer);
}

static void report(const struct signer *signer, enum signer_finding finding, uint64_t leaf_begin,
		   uint64_t leaf_end, uint64_t after_seq, uint64_t last_seq)
{
	const struct signer_break found = {finding, leaf_begin, leaf_end, after_seq, last_seq};

	signer->options.report(signer->options.context, &found);
}

/* --- the newest notes ---------------------------------------------------------------------------------- */

/* Drops the oldest notes past HEADS_RECENT; *ret_last is the newest that is signed with our key. */
static void trim_recent(struct signer *signer, struct tlog_head *ret_last)
{
	struct str rest = buf_str(&signer->recent), signed_part, note;
	struct str notes[4 * HEADS_RECENT];
	struct buf kept = {0};
	struct tlog_head head;
	size_t count = 0;
	int r;

	while ((r = tlog_head_next(&rest, &head, &signed_part, &note)) != ERR_END &&
	       count < 4 * HEADS_RECENT) {
		if (r < 0 && rest.len)
			continue;
		if (r < 0)
			break;
		if (ret_last && tlog_head_verify(note, signer->options.key) == 0)
			*ret_last = head;
		notes[count++] = note;
	}
	for (size_t i = count > HEADS_RECENT ? count - HEADS_RECENT : 0; i < count; i++)
		buf_add_str(&kept, notes[i]);
	buf_done(&signer->recent);
	signer->recent = kept;
}

struct search {
	const struct signer *signer;
	struct journal_tree *tree;
	struct tlog_head head; /* found; size 0: none */
	struct tlog_range range;
};

static int take_newest(void *context, const struct tlog_head *head, struct str note)
{
	struct search *search = context;

	if (tlog_head_verify(note, search->signer->options.key) < 0)
		return 0;
	search->head = *head;
	return 1;
}

/* The last head signed: by the file of the newest notes, which knows their order even where the clock was set
   back; without that file by the day's. */
static int read_last(struct signer *signer)
{
	struct search search = {.signer = signer};
	int r;

	if (signer->recent_read)
		return 0;
	r = io_read_file(signer->options.recent, HEADS_RECENT * TLOG_HEAD_TEXT_MAX * 2, &signer->recent);
	if (r < 0 && r != -ENOENT)
		return r;
	trim_recent(signer, &signer->last);
	if (!signer->last.size) {
		r = heads_walk(signer->options.heads, true, take_newest, &search);
		if (r < 0 && r != -ENOENT)
			return r;
		signer->last = search.head;
	}
	signer->recent_read = true;
	return 0;
}

/* --- the place to go on from --------------------------------------------------------------------------- */

/* True where the journal's tree begins with the tree of the head: from the nodes that its files keep, which
   prove themselves by giving the root that was signed. */
static bool continues(struct journal_tree *tree, const struct tlog_head *head, struct tlog_range *ret_range)
{
	struct tlog_hash root;

	if (head->size > journal_tree_size(tree) ||
	    tlog_range_fetch(0, head->size, journal_tree_fetch, tree, ret_range) < 0)
		return false;
	tlog_range_root(ret_range, &root);
	return memcmp(root.bytes, head->root.bytes, TLOG_HASH_SIZE) == 0;
}

static int take_continued(void *context, const struct tlog_head *head, struct str note)
{
	struct search *search = context;
	struct tlog_range range;

	if (!continues(search->tree, head, &range) || tlog_head_verify(note, search->signer->options.key) < 0)
		return 0;
	search->head = *head;
	search->range = range;
	return 1;
}

/* Where no head holds: from the first record that is there, behind what retention has deleted. */
static int start_over(struct signer *signer, struct journal_tree *tree, struct err *ret_err)
{
	struct journal_record record;
	uint64_t leaf = 0;
	int r;

	tlog_range_init(&signer->range, 0);
	signer->seq = 0;
	r = journal_reader_next(signer->reader, &record, ret_err);
	while (r == ERR_CORRUPT)
		r = journal_reader_next(signer->reader, &record, ret_err);
	if (r == ERR_END)
		return 0;
	if (r == 0)
		r = journal_tree_leaf(tree, record.seq, &leaf);
	if (r == 0 && leaf)
		r = tlog_range_fetch(0, leaf, journal_tree_fetch, tree, &signer->range);
	if (r == 0)
		signer->seq = record.seq - 1;
	return r < 0 && ret_err && !ret_err->message[0]
		       ? err_set(ret_err, r, 0, 0, "the tree before record %" PRIu64 ": %s", record.seq,
				 err_text(r))
		       : r;
}

static int open_reader(struct signer *signer, struct err *ret_err)
{
	journal_reader_close(signer->reader);
	signer->reader = NULL;
	return journal_reader_open(signer->options.journal, signer->options.journal_key, signer->seq + 1,
				   &signer->reader, ret_err);
}

static int find_place(struct signer *signer, struct journal_tree *tree, struct err *ret_err)
{
	struct search search = {.signer = signer, .tree = tree};
	const struct tlog_head *last = &signer->last;
	bool broken = false;
	int r = 0;

	if (last->size && continues(tree, last, &search.range)) {
		search.head = *last;
	} else if (last->size) {
		broken = true;
		r = heads_walk(signer->options.heads, false, take_continued, &search);
		if (r < 0)
			return err_set(ret_err, r, 0, 0, "%s: %s", signer->options.heads, err_text(r));
	}
	signer->seq = search.head.seq;
	r = open_reader(signer, ret_err);
	if (r == 0 && search.head.size)
		signer->range = search.range;
	else if (r == 0 && (r = start_over(signer, tree, ret_err)) == 0)
		r = open_reader(signer, ret_err);
	if (r == 0 && broken)
		report(signer, journal_tree_size(tree) < last->size ? SIGNER_ROLLED_BACK : SIGNER_REWRITTEN,
		       search.head.size, last->size, search.head.seq, last->seq);
	return r;
}

int signer_restore(struct signer *signer, struct err *ret_err)
{
	struct journal_tree *tree;
	int r = read_last(signer);

	if (r < 0)
		return err_set(ret_err, r, 0, 0, "the heads of %s: %s", signer->options.heads, err_text(r));
	r = journal_tree_open(signer->options.journal, signer->options.journal_key, &tree, ret_err);
	if (r < 0)
		return r;
	r = find_place(signer, tree, ret_err);
	journal_tree_close(tree);
	if (r < 0) {
		journal_reader_close(signer->reader);
		signer->reader = NULL;
	}
	return r;
}

/* --- reading ------------------------------------------------------------------------------------------- */

/* The range up to a leaf by the journal's word or, where it does not have that one, all of it: reading then
   goes on behind all that is there now. */
static int take_word(struct signer *signer, struct journal_tree *tree, uint64_t leaf, struct err *ret_err)
{
	struct tlog_range range;
	uint64_t size = journal_tree_size(tree);
	int r = tlog_range_fetch(0, leaf, journal_tree_fetch, tree, &range);

	if (r == 0) {
		signer->range = range;
		return 0;
	}
	r = tlog_range_fetch(0, size, journal_tree_fetch, tree, &range);
	if (r == 0)
		r = journal_tree_seq(tree, size - 1, &signer->seq);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "nobody knows the tree up to leaf %" PRIu64 ": %s", size,
			       err_text(r));
	signer->range = range;
	r = open_reader(signer, ret_err);
	return r < 0 ? r : -EAGAIN;
}

/* The leaves between the last record hashed and a later one: pruned by retention, then their hashes are kept;
   or lost. -EAGAIN: go on with the next record. */
static int pass_over(struct signer *signer, uint64_t leaf, uint64_t seq, struct err *ret_err)
{
	struct tlog_range between = {0};
	struct journal_tree *tree;
	uint64_t begin = signer->range.end, after = signer->seq;
	int r = journal_tree_open(signer->options.journal, signer->options.journal_key, &tree, ret_err);

	if (r < 0)
		return r;
	r = tlog_range_fetch(begin, leaf, journal_tree_fetch, tree, &between);
	if (r == 0) {
		must(tlog_range_join(&signer->range, &between) == 0);
	} else {
		r = take_word(signer, tree, leaf, ret_err);
		if (r == 0 || r == -EAGAIN)
			report(signer, SIGNER_DAMAGED, begin, signer->range.end, after,
			       r == 0 ? seq - 1 : signer->seq);
	}
	journal_tree_close(tree);
	return r;
}

static void hash_waiting(struct signer *signer)
{
	struct tlog_hash leaves[HASHED_AT_ONCE];
	size_t count = signer->waiting_count;

	if (!count)
		return;
	journal_leaves(signer->waiting, count, leaves);
	for (size_t i = 0; i < count; i++)
		tlog_range_append(&signer->range, &leaves[i]);
	signer->seq = signer->waiting[count - 1].seq;
	signer->waiting_count = 0;
}

static int take_record(struct signer *signer, const struct journal_record *record, struct err *ret_err)
{
	uint64_t leaf = journal_reader_leaf(signer->reader), next = signer->range.end + signer->waiting_count;
	int r = 0;

	if (leaf < next)
		return err_set(ret_err, ERR_BUSY, 0, 0,
			       "record %" PRIu64 " has the place %" PRIu64
			       " in the journal, where another was",
			       record->seq, leaf);
	if (leaf > next) {
		hash_waiting(signer);
		r = pass_over(signer, leaf, record->seq, ret_err);
	}
	if (r == 0)
		signer->waiting[signer->waiting_count++] = *record;
	return r;
}

int signer_read(struct signer *signer, uint64_t bytes_max, struct err *ret_err)
{
	struct journal_record record;
	uint64_t bytes = 0;
	int r = signer->reader ? 0 : ERR_BUSY;

	while (r == 0 && bytes < bytes_max) {
		r = journal_reader_next(signer->reader, &record, ret_err);
		if (r == ERR_CORRUPT) { /* the place of the next record tells how many are missing */
			r = 0;
			continue;
		}
		if (r == 0)
			r = take_record(signer, &record, ret_err);
		if (r == -EAGAIN) { /* with another reader */
			r = 0;
			continue;
		}
		bytes += r == 0 ? record.bytes.len : 0;
		if (r == 0 && signer->waiting_count < HASHED_AT_ONCE)
			continue;
		hash_waiting(signer);
		journal_reader_release(signer->reader);
	}
	if (signer->waiting_count) {
		hash_waiting(signer);
		journal_reader_release(signer->reader);
	}
	return r;
}

/* --- signing ------------------------------------------------------------------------------------------- */

static int append(struct signer *signer, const struct tlog_head *head, struct str note)
{
	int r = heads_append(signer->options.heads, head->time, note);

	if (r < 0)
		return r;
	signer->last = *head;
	buf_add_str(&signer->recent, note);
	trim_recent(signer, NULL);
	return io_replace_file(signer->options.recent, signer->recent.ptr, signer->recent.len, 0640);
}

int signer_sign(struct signer *signer, int64_t now, struct err *ret_err)
{
	struct tlog_head head = {.size = signer->range.end, .seq = signer->seq, .time = now};
	struct journal_stat stat = {0};
	struct buf note = {0};
	int r = signer->reader ? journal_stat(signer->options.journal, &stat) : ERR_BUSY;

	if (r == 0 && stat.durable_seq < signer->seq)
		r = err_set(ret_err, ERR_BUSY, 0, 0,
			    "the journal ends with record %" PRIu64 ", and %" PRIu64 " had been read",
			    stat.durable_seq, signer->seq);
	if (r == 0 && !head.size)
		r = ERR_END;
	if (r == 0)
		r = journal_node(signer->options.journal, head.node);
	if (r < 0)
		return r;
	tlog_range_root(&signer->range, &head.root);
	r = tlog_head_sign(&head, signer->options.key, &note);
	if (r == 0)
		r = append(signer, &head, buf_str(&note));
	if (r < 0)
		err_set(ret_err, r, 0, 0, "cannot sign or keep a tree head in %s: %s", signer->options.heads,
			err_text(r));
	buf_done(&note);
	return r;
}

uint64_t signer_size(const struct signer *signer)
{
	return signer->range.end;
}

const char *signer_finding_name(enum signer_finding finding)
{
	static const char *const names[] = {"rolled-back", "rewritten", "damaged"};

	return names[finding];
}
