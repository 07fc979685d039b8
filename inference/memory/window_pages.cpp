#include "inference/memory/window_pages.h"

#include "kernels/backend.h"

#include <algorithm>
#include <cassert>

namespace inglenook {

WindowPages::WindowPages(const Size& size, int pages)
    : m_size(size)
{
    if (!exist())
        return;
    m_places.resize(static_cast<size_t>(pages));
    for (int number = size.pages - 1; number >= 0; --number)
        m_free.push_back(number);
}

int WindowPages::firstSeen(int position) const
{
    return exist() ? std::max(0, position - m_size.tokens + 1) / kPageTokens : 0;
}

int WindowPages::of(int page) const
{
    return exist() ? m_places[static_cast<size_t>(page)].number : -1;
}

int WindowPages::available() const
{
    return static_cast<int>(m_free.size() + m_passed.size() + m_ended.size());
}

std::list<int>& WindowPages::idleOf(Left left)
{
    return left == Left::Passed ? m_passed : m_ended;
}

int WindowPages::nextLost() const
{
    if (!m_free.empty())
        return -1;
    if (!m_passed.empty())
        return m_passed.front();
    return m_ended.empty() ? -1 : m_ended.front();
}

int WindowPages::take(int page)
{
    const int lost = nextLost();
    if (lost >= 0)
        drop(lost);
    assert(!m_free.empty());
    Place& place = m_places[static_cast<size_t>(page)];
    assert(place.number < 0);
    place = {.number = m_free.back(), .users = 1, .idle = {}};
    m_free.pop_back();
    return lost;
}

void WindowPages::hold(int page)
{
    if (!exist())
        return;
    Place& place = m_places[static_cast<size_t>(page)];
    assert(place.number >= 0);
    if (place.users++ == 0)
        idleOf(place.left).erase(place.idle);
}

void WindowPages::letGo(int page, Left why)
{
    if (!exist())
        return;
    Place& place = m_places[static_cast<size_t>(page)];
    assert(place.users > 0);
    if (--place.users > 0)
        return;
    std::list<int>& idle = idleOf(why);
    place.left = why;
    place.idle = idle.insert(idle.end(), page);
}

void WindowPages::drop(int page)
{
    if (of(page) < 0 || m_places[static_cast<size_t>(page)].users > 0)
        return;
    Place& place = m_places[static_cast<size_t>(page)];
    idleOf(place.left).erase(place.idle);
    m_free.push_back(place.number);
    place = {};
}

} // namespace inglenook
