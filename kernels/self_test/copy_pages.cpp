#include "kernels/self_test/cases.h"
#include "kernels/self_test/test_cache.h"

#include <algorithm>
#include <random>
#include <stdexcept>

namespace inglenook::self_test {

namespace {

constexpr int kTokens = 150; // the last of three pages is partly filled
constexpr std::byte kGuard{0x5a};

/// A sequence of kTokens tokens in a cache, beside another one.
struct Sequence {
    TestCache cache;
    int slot;
};

struct CopiedShape {
    AttentionShape heads;
    KvType type = KvType::F16;
};

Sequence newSequence(Workspace& on, const CopiedShape& shape, int slot)
{
    std::vector<int> lengths(2, 70);
    lengths[static_cast<size_t>(slot)] = kTokens;
    return {TestCache(on, shape.heads, lengths, shape.type), slot};
}

std::vector<Place> placesOf(const Sequence& sequence)
{
    std::vector<Place> places;
    for (const int position : consecutive(0, kTokens))
        places.push_back({.slot = sequence.slot, .position = position});
    return places;
}

Matrix qkvRows(const CopiedShape& shape)
{
    return randomMatrix(61, kTokens, shape.heads.qkvCols());
}

/// Stores all tokens without a rotation: all backends store the same bits then.
void fill(Workspace& on, Sequence& sequence, const CopiedShape& shape)
{
    const std::vector<Place> places = placesOf(sequence);
    on.backend().rotateAndStore(on.changing(qkvRows(shape)), sequence.cache.pages(), {}, {},
                                shape.heads, sequence.cache.inputs(places));
}

std::vector<std::byte> readPages(Workspace& on, const Sequence& sequence, const CopiedShape& shape)
{
    const std::span<const int> pages = sequence.cache.pagesOf(sequence.slot);
    const size_t bytes = pages.size() * sequence.cache.pages().pageBytes(shape.heads);
    std::vector<std::byte> all(bytes + 2, kGuard);
    on.backend().readPages(std::span(all).subspan(1, bytes), sequence.cache.pages(), pages,
                           shape.heads);
    if (all.front() != kGuard || all.back() != kGuard)
        throw std::runtime_error("A byte outside the pages was written");
    return {all.begin() + 1, all.end() - 1};
}

void writePages(Workspace& on, Sequence& sequence, const CopiedShape& shape,
                std::span<const std::byte> bytes)
{
    on.backend().writePages(sequence.cache.pages(), sequence.cache.pagesOf(sequence.slot),
                            shape.heads, bytes);
}

Matrix attend(Workspace& on, Sequence& sequence, const CopiedShape& shape)
{
    const std::vector<Place> places = placesOf(sequence);
    const Tensor y = on.output(kTokens, shape.heads.queryCols());
    on.backend().attention(y, on.input(qkvRows(shape)), sequence.cache.pages(), shape.heads,
                           sequence.cache.inputs(places));
    return on.read(y);
}

/// What was stored is read in the order that the definition gives it.
void layoutIsShared(Trial& trial, const CopiedShape& shape)
{
    std::vector<std::byte> read[2];
    for (Backend* backend : {&trial.device(), &trial.reference()}) {
        Workspace on(*backend, Placement::Packed);
        Sequence sequence = newSequence(on, shape, 1);
        const std::vector<std::byte> zeros(readPages(on, sequence, shape).size());
        writePages(on, sequence, shape, zeros); // what stood behind the last token, in any layout
        fill(on, sequence, shape);
        read[backend == &trial.reference()] = readPages(on, sequence, shape);
        sequence.cache.checkSparePages();
    }
    if (read[0] != read[1])
        trial.fail("Pages have another layout than the reference's");
}

/// Pages that were read and written to other numbers of another cache are those that were computed.
void movedPagesAreTheSame(Trial& trial, const CopiedShape& shape)
{
    Workspace on(trial.device(), Placement::Packed);
    Sequence computed = newSequence(on, shape, 1);
    fill(on, computed, shape);
    const Matrix expected = attend(on, computed, shape);
    Sequence moved = newSequence(on, shape, 0);

    writePages(on, moved, shape, readPages(on, computed, shape));

    trial.same(attend(on, moved, shape), expected, "from moved pages");
    moved.cache.checkSparePages();
    computed.cache.checkSparePages();
}

/// Any bytes come back as they were, and no page beside them changes.
void writtenIsRead(Trial& trial, const CopiedShape& shape)
{
    Workspace on(trial.device(), Placement::Packed);
    Sequence sequence = newSequence(on, shape, 1);
    std::vector<std::byte> bytes = readPages(on, sequence, shape);
    std::minstd_rand random(7);
    std::ranges::generate(bytes, [&] { return static_cast<std::byte>(random() >> 8); });
    const Matrix before = sequence.cache.content();

    writePages(on, sequence, shape, bytes);

    if (readPages(on, sequence, shape) != bytes)
        trial.fail("Pages are not read as they were written");
    const Matrix after = sequence.cache.content();
    std::vector<int> others = consecutive(0, before.rows);
    std::erase_if(others, [&](int page) {
        const std::span<const int> own = sequence.cache.pagesOf(sequence.slot);
        return std::ranges::find(own, page) != own.end();
    });
    trial.same(after.chosen(others), before.chosen(others), "in pages that were not written");
}

} // namespace

void addCopyPagesCases(std::vector<OperatorCase>& cases)
{
    struct {
        const char* text;
        void (*claim)(Trial&, const CopiedShape&);
    } const claims[] = {{"in the shared layout", layoutIsShared},
                        {"moved to other pages", movedPagesAreTheSame},
                        {"written and read", writtenIsRead}};
    const CopiedShape shapes[] = {
        {{.heads = 4, .kvHeads = 2, .headSize = 64}},
        {{.heads = 3, .kvHeads = 3, .headSize = 80}},
        {{.heads = 2, .kvHeads = 1, .headSize = 256}},
        {{.heads = 2, .kvHeads = 2, .headSize = 6}},
        {{.heads = 4, .kvHeads = 2, .headSize = 64}, KvType::Q8_0},
        {{.heads = 3, .kvHeads = 3, .headSize = 80}, KvType::Q8_0},
        {{.heads = 2, .kvHeads = 1, .headSize = 256}, KvType::Q8_0},
        {{.heads = 4, .kvHeads = 2, .headSize = 64}, KvType::Q4},
        {{.heads = 3, .kvHeads = 3, .headSize = 80}, KvType::Q4},
        {{.heads = 2, .kvHeads = 1, .headSize = 256}, KvType::Q4},
    };
    for (const auto& [text, claim] : claims)
        for (const CopiedShape& shape : shapes)
            cases.push_back({.operation = "copyPages",
                             .format = std::string(name(shape.type)),
                             .shape = std::to_string(shape.heads.kvHeads) + " heads of " +
                                 std::to_string(shape.heads.headSize) + ", " + text,
                             .quick = shape.heads.headSize == 64,
                             .run = [=](Trial& trial) { claim(trial, shape); }});
}

} // namespace inglenook::self_test
