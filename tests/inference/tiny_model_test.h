#pragma once

#include "inference/engine.h"
#include "tests/inference/engine_listener.h"
#include "tests/models/tiny_model.h"
#include "tests/support/loaded_drivers.h"

#include <QTemporaryDir>
#include <QTest>
#include <string>

namespace inglenook::tests {

/// What tests of an engine with a tiny random model on the reference backend begin with.
class TinyModelTest : public QObject {
protected:
    /// Of initTestCase().
    void writeTinyModel()
    {
        keepDriversLoaded();
        m_path = m_folder.filePath("tiny.gguf").toStdString();
        writeModel(*tinyModel("llama"), m_path);
    }
    [[nodiscard]] LoadRequest loadRequest(int context = 256, int sequences = 4) const
    {
        LoadRequest request;
        request.path = m_path;
        request.device = "reference";
        request.contextTokens = context;
        request.sequences = sequences;
        return request;
    }
    static void load(Listener& listener, const LoadRequest& request)
    {
        listener.engine.load(request);
        listener.run();
        QVERIFY2(listener.loaded.size() == 1,
                 listener.loadFailed.empty() ? "" : listener.loadFailed.front().sentence.c_str());
    }

    QTemporaryDir m_folder;
    std::string m_path; // of the model, in the folder
};

} // namespace inglenook::tests
