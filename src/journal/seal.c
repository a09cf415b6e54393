/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>

#include "base/clock.h"
#include "base/hash.h"
#include "journal/leaf.h"
#include "journal/seal_private.h"
#include "journal/sealed_block.h"
#include "journal/sealed_walk.h"

#define LEVEL_DEFAULT 6
#define SMALL_LEVEL 9 /* of chunks, dictionaries */
/* A dictionary is stored twice and saves a few hundred bytes a block: it pays for large streams only. */
#define DICTIONARY_BYTES (16 * 1024)
#define DICTIONARY_STREAM_BYTES (4 * 1024 * 1024)
#define SAMPLE_BYTES (512 * 1024)

struct sample {
	struct buf bytes;
	struct {
		VEC_OF(size_t)
	} lens;
	uint64_t stride, due; /* bytes of content from one sampled record to the next */
};

struct packing {
	struct sealing *sealing;
	struct sealed_writer *writer;
	struct sealed_builder *builders[SEALED_STREAMS_MAX];
	uint32_t begun[SEALED_STREAMS_MAX]; /* the first record of each stream's open block */
	ZSTD_CDict *dictionaries[SEALED_STREAMS_MAX];
	struct sample samples[SEALED_STREAMS_MAX];
	struct buf plain;
	int level;
};

static void packing_done(struct packing *packing)
{
	for (unsigned i = 0; i < SEALED_STREAMS_MAX; i++) {
		sealed_builder_free(packing->builders[i]);
		ZSTD_freeCDict(packing->dictionaries[i]);
		buf_done(&packing->samples[i].bytes);
		vec_done(&packing->samples[i].lens);
	}
	buf_done(&packing->plain);
	free(packing);
}

/* Calls visit for each record that was found whole, with its stream. */
static int each_record(struct sealing *sealing,
		       int (*visit)(void *context, const struct journal_record *record, uint32_t stream),
		       void *context)
{
	for (size_t i = 0; i < sealing->frames.len; i++) {
		struct journal_frame frame = {0};
		const uint8_t *at;
		size_t left, size;
		int r = live_walk_again(&sealing->live, sealing->frames.items[i], &frame, &at, &left);

		for (uint32_t j = 0; r == 0 && j < frame.count; j++) {
			struct journal_record record;
			uint64_t leaf = frame.leaf + j - sealing->header.before.end;

			r = journal_record_decode(at, left, &record, &size);
			if (r < 0)
				break;
			record.seq = frame.first_seq + j;
			at += size;
			left -= size;
			r = visit(context, &record,
				  sealing->groups.items[sealing->group_of.items[leaf]].stream);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

static int take_sample(void *context, const struct journal_record *record, uint32_t stream)
{
	struct packing *packing = context;
	struct sample *sample = &packing->samples[stream];

	if (!sample->stride || !record->bytes.len)
		return 0;
	if (sample->due < record->bytes.len && sample->bytes.len < SAMPLE_BYTES) {
		struct str bytes = str_head(record->bytes, DICTIONARY_BYTES / 4);

		buf_add_str(&sample->bytes, bytes);
		vec_push(&sample->lens, bytes.len);
		sample->due += sample->stride * (bytes.len ? bytes.len : 1);
	}
	sample->due -= sample->due < record->bytes.len ? sample->due : record->bytes.len;
	return 0;
}

/* Trains the stream's dictionary, where its samples are good for one, and writes it. */
static void make_dictionary(struct packing *packing, uint32_t stream)
{
	struct sample *sample = &packing->samples[stream];
	size_t len;

	if (!sample->lens.len)
		return;
	buf_clear(&packing->plain);
	len = ZDICT_trainFromBuffer(buf_reserve(&packing->plain, DICTIONARY_BYTES), DICTIONARY_BYTES,
				    sample->bytes.ptr, sample->lens.items, (unsigned)sample->lens.len);
	buf_done(&sample->bytes);
	vec_done(&sample->lens);
	if (ZDICT_isError(len))
		return;
	packing->plain.len = len;
	packing->dictionaries[stream] = ZSTD_createCDict(packing->plain.ptr, len, packing->level);
	must(packing->dictionaries[stream]);
	packing->sealing->index.streams.items[stream].dictionary =
		sealed_writer_add(packing->writer, SEALED_PART_DICTIONARY, stream, 0,
				  buf_str(&packing->plain), SMALL_LEVEL, NULL, true);
}

static int make_dictionaries(struct packing *packing)
{
	const struct sealed_index *index = &packing->sealing->index;
	bool any = false;
	int r = 0;

	for (size_t i = 0; i < index->streams.len; i++)
		if (index->streams.items[i].bytes >= DICTIONARY_STREAM_BYTES) {
			packing->samples[i].stride = index->streams.items[i].bytes / SAMPLE_BYTES;
			any = true;
		}
	if (any)
		r = each_record(packing->sealing, take_sample, packing);
	for (size_t i = 0; r == 0 && i < index->streams.len; i++)
		make_dictionary(packing, (uint32_t)i);
	return r;
}

static void flush(struct packing *packing, uint32_t stream)
{
	struct sealed_builder *builder = packing->builders[stream];
	struct sealed_entry block = {
		.stream = (uint8_t)stream, .kind = SEALED_RECORDS, .first = packing->begun[stream]};

	must(builder);
	block.count = builder->count;
	buf_clear(&packing->plain);
	sealed_builder_finish(builder, &packing->plain);
	block.part = sealed_writer_add(packing->writer, SEALED_PART_BLOCK, stream, block.first,
				       buf_str(&packing->plain), packing->level,
				       packing->dictionaries[stream], false);
	packing->begun[stream] += block.count;
	vec_push(&packing->sealing->index.blocks, block);
}

static int pack_record(void *context, const struct journal_record *record, uint32_t stream)
{
	struct packing *packing = context;

	if (!sealed_builder_add(packing->builders[stream], record)) {
		flush(packing, stream);
		must(sealed_builder_add(packing->builders[stream], record));
	}
	return packing->writer->error;
}

static int by_place(const void *a, const void *b)
{
	const struct sealed_entry *x = a, *y = b;

	if (x->stream != y->stream)
		return x->stream < y->stream ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

static int write_blocks(struct packing *packing)
{
	struct sealed_index *index = &packing->sealing->index;
	int r;

	for (size_t i = 0; i < index->streams.len; i++)
		packing->builders[i] = sealed_builder_new();
	r = each_record(packing->sealing, pack_record, packing);
	for (uint32_t i = 0; r == 0 && i < index->streams.len; i++)
		if (packing->builders[i] && packing->builders[i]->count)
			flush(packing, i);
	if (index->blocks.len)
		qsort(index->blocks.items, index->blocks.len, sizeof(index->blocks.items[0]), by_place);
	return r;
}

static void write_chunks(struct packing *packing)
{
	struct sealing *sealing = packing->sealing;
	uint32_t counts[SEALED_STREAMS_MAX] = {0};

	for (size_t start = 0; start < sealing->group_of.len; start += SEALED_CHUNK) {
		size_t end = start + SEALED_CHUNK;

		if (end > sealing->group_of.len)
			end = sealing->group_of.len;
		buf_clear(&packing->plain);
		for (size_t i = 0; i < sealing->index.streams.len; i++)
			buf_add_u32(&packing->plain, counts[i]);
		for (size_t i = start; i < end; i++) {
			uint16_t group = sealing->group_of.items[i];
			uint8_t stream =
				group == SEAL_LOST ? SEALED_LOST : sealing->groups.items[group].stream;

			buf_add_char(&packing->plain, (char)stream);
			if (stream != SEALED_LOST)
				counts[stream]++;
		}
		vec_push(&sealing->index.chunks,
			 sealed_writer_add(packing->writer, SEALED_PART_CHUNK, 0,
					   (uint32_t)(start / SEALED_CHUNK), buf_str(&packing->plain),
					   SMALL_LEVEL, NULL, true));
	}
}

/* Bytes that the index will hardly have more of, packed: 48 a block at most, 32 a chunk. */
static size_t index_estimate(const struct sealing *sealing)
{
	const struct sealed_index *index = &sealing->index;
	size_t parts = index->streams.len * 2 + sealing->group_of.len / SEALED_CHUNK + 2;

	for (size_t i = 0; i < index->streams.len; i++)
		parts += index->streams.items[i].bytes / SEALED_BLOCK_BYTES +
			 index->streams.items[i].records / SEALED_BLOCK_RECORDS;
	return parts * 40 + index->nodes.len * 48 + index->runs.len * 24 + index->losses.len * 32 + 64;
}

static int write_parts(struct sealing *sealing, struct sealed_writer *writer)
{
	struct packing *packing = calloc(1, sizeof(*packing));
	int r;

	must(packing);
	packing->sealing = sealing;
	packing->writer = writer;
	packing->level = sealing->options->level ? sealing->options->level : LEVEL_DEFAULT;
	sealed_writer_reserve(writer, index_estimate(sealing));
	sealed_writer_tiles(writer, &sealing->header, buf_str(&sealing->tree.tiles));
	r = make_dictionaries(packing);
	if (r == 0) {
		write_chunks(packing);
		r = write_blocks(packing);
	}
	packing_done(packing);
	return r;
}

/* --- reading it back --- */

struct comparison {
	struct sealing *sealing;
	struct sealed_walk *walk;
	struct seal_tree tree;
};

static bool record_eq(const struct journal_record *a, const struct journal_record *b)
{
	return a->seq == b->seq && a->received == b->received && a->listener == b->listener &&
	       a->flags == b->flags && memcmp(a->peer, b->peer, sizeof(a->peer)) == 0 &&
	       str_eq(a->hint, b->hint) && str_eq(a->bytes, b->bytes);
}

/* The next record of the sealed file is this one; what was lost is lost there too. */
static int compare_record(void *context, const struct journal_record *record, uint32_t stream)
{
	struct comparison *comparison = context;
	struct sealed_item item;
	struct tlog_hash leaf;
	int r;

	(void)stream;
	while ((r = sealed_walk_next(comparison->walk, &item)) == 0 && item.kind == SEALED_ITEM_LOST)
		for (uint64_t i = item.leaf; i < item.leaf_end; i++)
			seal_tree_add(&comparison->tree, NULL);
	if (r < 0 || item.kind != SEALED_ITEM_RECORD || !record_eq(&item.record, record))
		return ERR_CORRUPT;
	journal_leaf(&item.record, &leaf);
	seal_tree_add(&comparison->tree, &leaf);
	if (item.leaf % SEALED_CHUNK == 0)
		sealed_walk_release(comparison->walk);
	return 0;
}

/* Every record of the live segment is in the file, nothing else is, and the tree over them is the same. */
static int compare(struct sealing *sealing, const struct sealed_writer *writer, struct err *ret_err)
{
	struct comparison comparison = {.sealing = sealing};
	struct sealed *sealed = NULL;
	struct sealed_item item;
	int r = sealed_open_path(writer->temporary, sealing->options->key, &sealed, ret_err);

	if (r < 0)
		return r;
	sealed_forget(sealed);
	seal_tree_init(&comparison.tree, sealing->header.before.end);
	r = sealed_check_places(sealed);
	if (r == 0) {
		comparison.walk = sealed_walk_new(sealed, true);
		r = each_record(sealing, compare_record, &comparison);
		while (r == 0 && (r = sealed_walk_next(comparison.walk, &item)) == 0)
			for (uint64_t i = item.leaf; r == 0 && i < item.leaf_end; i++) {
				seal_tree_add(&comparison.tree, NULL);
				r = item.kind == SEALED_ITEM_LOST ? 0 : ERR_CORRUPT;
			}
		if (r == ERR_END)
			r = seal_tree_eq(&comparison.tree, &sealing->tree) ? 0 : ERR_CORRUPT;
		sealed_walk_free(comparison.walk);
	}
	seal_tree_done(&comparison.tree);
	sealed_close(sealed);
	return r < 0 ? err_set(ret_err, r, 0, 0,
			       "%s: what was written is not what was to be written; the disk or the memory "
			       "is "
			       "failing",
			       writer->temporary)
		     : 0;
}

/* --- all of it --- */

static void encrypt(struct sealed_header *header, const struct journal_key *key)
{
	struct journal_key segment_key;

	header->flags |= SEALED_ENCRYPTED;
	sealed_segment_key(header, key, &segment_key);
	journal_key_check(&segment_key, header->key_check);
	explicit_bzero(&segment_key, sizeof(segment_key));
}

static int open_sealing(struct sealing *sealing, const char *folder, uint64_t name, struct err *ret_err)
{
	struct archive_list list;
	struct archive_border border = {0};
	const struct journal_segment_header *live;
	struct sealed_header *header = &sealing->header;
	struct sealed *sealed = NULL;
	struct journal_mark mark;
	int r = archive_read(folder, &mark, &list, ret_err);
	long at = r < 0 ? -1 : archive_list_find(&list, name);

	if (r < 0)
		return r;
	if (at < 0 || list.items[at].name != name || !list.items[at].live || (size_t)at + 1 == list.len)
		r = err_set(ret_err, ERR_END, 0, 0, "there is no complete live segment with that name");
	else if (list.items[at].sealed && sealed_open(folder, name, NULL, &sealed, NULL) == 0) {
		sealed_close(sealed);
		r = err_set(ret_err, ERR_DUPLICATE, 0, 0, "it is sealed already");
	}
	if (r == 0)
		r = archive_border_of(folder, &list.items[at + 1], &border, ret_err);
	if (r == 0)
		r = live_walk_open(&sealing->live, folder, name, sealing->options->key,
				   list.items[at + 1].name, UINT64_MAX, ret_err);
	if (r == 0) {
		sealing->live.end_leaf = border.before.end;
		sealing->live.end_seq = border.follows ? border.follows : list.items[at + 1].name - 1;
		live = &sealing->live.segment->header;
		*header = (struct sealed_header){.first_seq = name,
						 .last_seq = name,
						 .generation = live->generation,
						 .created = live->created,
						 .sealed = clock_now(),
						 .before = live->before,
						 .after = border.before};
		memcpy(header->node, live->node, sizeof(header->node));
		random_bytes(&header->salt, sizeof(header->salt));
		if (sealing->options->key)
			encrypt(header, sealing->options->key);
	}
	archive_list_done(&list);
	return r;
}

static int seal(struct sealing *sealing, struct sealed_writer *writer, const char *folder, seal_step *step,
		void *context, struct err *ret_err)
{
	int r = step(context, "scan");

	if (r == 0)
		r = seal_scan(sealing, ret_err);
	if (r == 0)
		r = step(context, "create");
	if (r == 0)
		r = sealed_writer_open(writer, folder, &sealing->header, sealing->options->key, ret_err);
	if (r == 0)
		r = step(context, "write");
	if (r == 0 && (r = write_parts(sealing, writer)) < 0)
		err_set(ret_err, r, 0, 0, "%s: %s", writer->temporary, err_text(r));
	if (r == 0)
		r = step(context, "sync");
	if (r == 0)
		r = sealed_writer_finish(writer, &sealing->header, &sealing->index, ret_err);
	if (r == 0)
		r = step(context, "verify");
	if (r == 0)
		r = compare(sealing, writer, ret_err);
	if (r == 0)
		r = step(context, "rename");
	if (r == 0)
		r = sealed_writer_publish(writer, ret_err);
	return r == 0 ? step(context, "done") : r;
}

int journal_seal_stepped(const char *folder, uint64_t name, const struct journal_seal_options *options,
			 seal_step *step, void *context, struct journal_segment_info *ret_info,
			 struct err *ret_err)
{
	struct sealing sealing = {.options = options};
	struct sealed_writer writer = {.fd = -1};
	struct sealed *sealed = NULL;
	int r = open_sealing(&sealing, folder, name, ret_err);

	if (r == 0) {
		seal_groups_init(&sealing.groups);
		seal_tree_init(&sealing.tree, sealing.header.before.end);
		r = seal(&sealing, &writer, folder, step, context, ret_err);
		seal_groups_done(&sealing.groups);
		seal_tree_done(&sealing.tree);
	}
	if (sealing.live.segment)
		live_walk_close(&sealing.live);
	sealed_writer_close(&writer);
	sealed_index_done(&sealing.index);
	vec_done(&sealing.frames);
	vec_done(&sealing.group_of);
	if (r == 0)
		r = sealed_open(folder, name, options->key, &sealed, ret_err);
	if (r < 0)
		return r;
	if (ret_info)
		sealed_info(sealed, ret_info);
	sealed_close(sealed);
	return 0;
}

int journal_seal(const char *folder, uint64_t name, const struct journal_seal_options *options,
		 struct journal_segment_info *ret_info, struct err *ret_err)
{
	return journal_seal_stepped(folder, name, options, seal_go_on, NULL, ret_info, ret_err);
}
