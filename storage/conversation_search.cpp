// How ConversationStore searches.

#include "storage/conversation_store.h"
#include "storage/search_text.h"

#include <algorithm>
#include <set>

namespace inglenook {

namespace {

constexpr int64_t kMostMatches = 2000; // messages looked at, the latest ones

void searchTitles(Connection& connection, const std::string& query,
                  std::vector<SearchResult>& results)
{
    Statement statement = connection.prepare("select   c.id "
                                             "from     title_index i "
                                             "join     conversation c on c.id = i.rowid "
                                             "where    title_index match ? and c.deleted = 0 "
                                             "order by c.changed desc "
                                             "limit    ?");
    statement.bind(1, query).bind(2, kMostMatches);
    while (statement.step())
        results.push_back({.conversation = statement.integer(0), .snippet = {}});
}

void searchMessages(Connection& connection, const std::string& query, size_t most,
                    std::vector<SearchResult>& results)
{
    std::set<int64_t> seen;
    for (const SearchResult& result : results)
        seen.insert(result.conversation);
    Statement matches = connection.prepare("select   i.rowid, m.conversation "
                                           "from     message_index i "
                                           "join     message m on m.id = i.rowid "
                                           "join     conversation c on c.id = m.conversation "
                                           "where    message_index match ? "
                                           "         and m.deleted_with is null and c.deleted = 0 "
                                           "order by i.rowid desc "
                                           "limit    ?");
    // Only of the messages on show is a snippet made: that is the costly part.
    Statement snippet = connection.prepare("select snippet(message_index, 0, '', '', '…', 14) "
                                           "from   message_index "
                                           "where  message_index match ? and rowid = ?");
    matches.bind(1, query).bind(2, kMostMatches);
    while (results.size() < most && matches.step()) {
        if (!seen.insert(matches.integer(1)).second)
            continue;
        snippet.bind(1, query).bind(2, matches.integer(0));
        std::string text = snippet.step() ? snippet.text(0) : std::string();
        snippet.reset();
        std::replace(text.begin(), text.end(), '\n', ' ');
        results.push_back({.conversation = matches.integer(1), .snippet = std::move(text)});
    }
}

/// Reads everything: for scripts of which the index does not know the words.
void scanMessages(Connection& connection, const std::vector<std::string>& words, size_t most,
                  std::vector<SearchResult>& results)
{
    std::string sql = "select m.conversation, m.text, c.title "
                      "from   message m "
                      "join   conversation c on c.id = m.conversation "
                      "where  m.deleted_with is null and c.deleted = 0";
    for (size_t i = 0; i < words.size(); ++i)
        sql += " and (m.text like ?" + std::to_string(i + 1) + " escape '\\' or c.title like ?" +
            std::to_string(i + 1) + " escape '\\')";
    Statement statement = connection.prepare(sql + " order by m.id desc");
    for (size_t i = 0; i < words.size(); ++i)
        statement.bind(int(i) + 1, likePattern(words[i]));
    std::set<int64_t> seen;
    while (results.size() < most && statement.step())
        if (seen.insert(statement.integer(0)).second)
            results.push_back({.conversation = statement.integer(0),
                               .snippet = snippetAround(statement.text(1), words.front())});
}

} // namespace

std::vector<SearchResult> ConversationStore::search(std::string_view text, int most)
{
    constexpr size_t kMostWords = 16;
    std::vector<std::string> words = searchWords(text);
    if (words.size() > kMostWords)
        words.resize(kMostWords);
    std::vector<SearchResult> results;
    if (words.empty())
        return results;
    if (std::any_of(words.begin(), words.end(), isUnspaced)) {
        scanMessages(m_connection, words, size_t(most), results);
        return results;
    }
    const std::string query = indexQuery(words);
    searchTitles(m_connection, query, results);
    searchMessages(m_connection, query, size_t(most), results);
    if (results.size() > size_t(most))
        results.resize(size_t(most));
    return results;
}

} // namespace inglenook
