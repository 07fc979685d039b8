#include "app/local_engine.h"

#include "inference/engine.h"

namespace inglenook {

namespace {

class LocalEngine final : public EnginePort {
public:
    void load(const LoadRequest& request) override { m_engine.load(request); }
    void unload() override { m_engine.unload(); }
    void startReply(const ReplyRequest& request) override { m_engine.startReply(request); }
    void stopReply(ReplyId id) override { m_engine.stopReply(id); }
    void expectReply(const ReplyRequest& request) override { m_engine.expectReply(request); }
    void forgetConversation(const std::string& conversation) override
    {
        m_engine.forgetConversation(conversation);
    }
    bool busy() const override { return m_engine.busy(); }
    std::vector<EngineEvent> step() override { return m_engine.step(); }

private:
    Engine m_engine;
};

} // namespace

std::unique_ptr<EnginePort> makeLocalEngine()
{
    return std::make_unique<LocalEngine>();
}

} // namespace inglenook
