#include "app/judging/league_page.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include <QLabel>
#include <QLocale>
#include <QPointer>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>

#include "app/app_settings.h"
#include "app/availability.h"
#include "app/data_box.h"
#include "app/judging/check_list.h"
#include "app/judging/score_table.h"
#include "app/shell_text.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

const QString kPane = QStringLiteral("judge/league");
constexpr quint64 kSeed = 3;  // a series of scenes that no built-in network was trained on

QString text(const std::string& s) {
  return QString::fromStdString(s);
}

bool sameSet(QStringList a, QStringList b) {
  a.sort();
  b.sort();
  return a == b;
}

/// The newest table on its way from the background thread: it is replaced where the window is slower.
struct OnItsWay {
  bool put(const LeagueTable& table) {
    const std::lock_guard lock(mutex);
    const bool first = !newest;
    newest = table;
    return first;
  }
  std::optional<LeagueTable> take() {
    const std::lock_guard lock(mutex);
    return std::exchange(newest, std::nullopt);
  }
  std::mutex mutex;
  std::optional<LeagueTable> newest;
};

}  // namespace

LeaguePage::LeaguePage(const Context& context, const std::vector<MethodInfo>& methods, ChangeState change,
                       QWidget* parent)
    : QWidget(parent),
      context_(context),
      infos_(methods),
      change_(std::move(change)),
      state_(JudgeState::defaults(methods)) {
  makeLayout();
  connectParts();
  showReady();
}

void LeaguePage::connectParts() {
  connect(&context_.document, &Document::modelChanged, this, &LeaguePage::forget);
  connect(&context_.document, &Document::cardChanged, this, &LeaguePage::forget);
  connect(start_, &QPushButton::clicked, this, [this] {
    if (running_) {
      stop();
    } else {
      start();
    }
  });
  connect(data_, &DataBox::picked, this, [this](const QString& data) {
    change_(tr("Choose the pictures"), [&](JudgeState& state) { state.data = data; }, {});
  });
  connect(pictures_, &QSpinBox::valueChanged, this, [this](int count) {
    change_(
        tr("How many pictures"), [&](JudgeState& state) { state.pictures = count; }, QStringLiteral("league/pictures"));
  });
  connect(methods_, &CheckList::checkedChanged, this, [this](const QStringList& ids) {
    if (ids.isEmpty()) return setState(state_);  // one must stay
    change_(tr("Choose the methods"),
            [&](JudgeState& state) {
              // Kept as "nothing chosen", so that better defaults reach old sessions.
              state.leagueMethods.clear();
              if (sameSet(ids, leagueDefaults(infos_))) return;
              for (const MethodInfo& info : infos_)
                if (ids.contains(text(info.id))) state.leagueMethods << text(info.id);
              for (const char* control : {"random", "centre"})
                if (ids.contains(QLatin1String(control))) state.leagueMethods << QLatin1String(control);
            },
            {});
  });
  connect(metrics_, &CheckList::checkedChanged, this, [this](const QStringList& ids) {
    if (ids.isEmpty()) return setState(state_);
    change_(tr("Choose the metrics"),
            [&](JudgeState& state) { state.leagueMetrics = sameSet(ids, usualMetrics()) ? QStringList() : ids; }, {});
  });
  connect(reset_, &QPushButton::clicked, this, [this] {
    change_(tr("All methods"),
            [](JudgeState& state) {
              state.leagueMethods.clear();
              state.leagueMetrics.clear();
            },
            {});
  });
}

QStringList LeaguePage::methodsAsSet() const {
  return state_.leagueMethods.isEmpty() ? leagueDefaults(infos_) : state_.leagueMethods;
}

void LeaguePage::setState(const JudgeState& state) {
  state_ = state;
  data_->choose(state_.data);
  {
    const QSignalBlocker quiet(pictures_);
    pictures_->setValue(state_.pictures);
  }
  methods_->setChecked(methodsAsSet());
  metrics_->setChecked(state_.leagueMetrics.isEmpty() ? usualMetrics() : state_.leagueMetrics);
  const bool asTheLeague = state_.leagueMethods.isEmpty() && state_.leagueMetrics.isEmpty();
  setAvailable(*reset_, asTheLeague ? tr("All methods are ticked, and the metrics are the usual ones") : QString());
  showReady();
  Q_EMIT contentChanged();
}

void LeaguePage::forget() {
  stop();
  ++round_;
  if (running_) finish();
  found_.reset();
  showTable();
}

void LeaguePage::start() {
  if (running_ || !reasonNotReady().isEmpty()) return;
  LeagueQuestion question;
  question.data = state_.data.toStdString();
  for (const QString& id : methodsAsSet()) question.methods.push_back(id.toStdString());
  for (const QString& id : state_.leagueMetrics) question.metrics.push_back(id.toStdString());
  question.count = state_.pictures;
  question.seed = kSeed;
  running_ = true;
  stopped_ = false;
  found_.reset();
  asked_ = state_.pictures;
  const int round = ++round_;
  auto onItsWay = std::make_shared<OnItsWay>();
  // The bridge outlives this page, and waits for its threads.
  const auto deliver = [bridge = &context_.engine, page = QPointer<LeaguePage>(this), round,
                        onItsWay](const LeagueTable& table) {
    if (!onItsWay->put(table)) return;
    QMetaObject::invokeMethod(
        bridge,
        [page, round, onItsWay] {
          std::optional<LeagueTable> newest = onItsWay->take();
          if (page && newest && page->running_) page->take(round, std::move(*newest));
        },
        Qt::QueuedConnection);
  };
  context_.engine.askInBackground<LeagueTable>(
      tr("League of methods"), kPane,
      {context_.document.model(), context_.document.card(), context_.settings.compute()},
      [question, deliver](Model& model, const Progress& progress, const CancelToken& cancel) {
        return runLeague(model, question, deliver, progress, cancel);
      },
      this,
      [this, round](LeagueTable table) {
        if (round != round_) return;
        take(round, std::move(table));
        finish();
      },
      [this, round](const Problem& problem) {
        if (round != round_) return;
        stopped_ = problem.cancelled;
        finish();
      });
  showTable();
  Q_EMIT busyChanged();
}

void LeaguePage::stop() {
  if (running_) context_.engine.cancelPane(kPane);
}

void LeaguePage::take(int round, LeagueTable table) {
  if (round != round_) return;
  found_ = std::move(table);
  showTable();
}

void LeaguePage::finish() {
  running_ = false;
  showTable();
  Q_EMIT busyChanged();
}

QString LeaguePage::reasonNotReady() const {
  if (!context_.document.hasModel()) return tr("Open a network first");
  if (context_.document.card().task == ModelCard::Task::Generator)
    return tr("This network draws pictures: there is nothing to explain");
  return {};
}

void LeaguePage::showReady() {
  start_->setText(running_ ? tr("Stop") : tr("Run the league"));
  start_->setIcon(themedIcon(running_ ? QStringLiteral("cancel") : QStringLiteral("play")));
  const QString reason = reasonNotReady();
  setAvailable(*start_, running_ ? QString() : reason);
  empty_->setHeadline(running_ ? tr("The first picture is being judged\u2026") : tr("Which method is to be believed?"));
  empty_->setText(running_ ? tr("You can go on working meanwhile.")
                  : !reason.isEmpty()
                      ? reason
                      : tr("Every ticked method explains the same pictures, and every map is judged by the same "
                           "metrics. On drawn scenes it is known where each thing is, so the table has a ground "
                           "truth."));
}

void LeaguePage::showTable() {
  stack_->setCurrentIndex(found_ ? 1 : 0);
  std::vector<MetricInfo> columns;
  QVector<ScoreRow> rows;
  const std::vector<MetricInfo> infos = judgeMetrics();
  if (found_) {
    for (const std::string& id : found_->metrics)
      if (const MetricInfo* info = findMetric(infos, text(id))) columns.push_back(*info);
    for (const LeagueRow& one : found_->rows) {
      ScoreRow row;
      row.id = text(one.method);
      row.title = text(one.title);
      row.settings = text(one.settings);
      row.map = text(one.map);
      row.control = one.control;
      row.problem = text(one.problem);
      row.seconds = one.seconds;
      for (const LeagueCell& cell : one.cells)
        row.cells << ScoreCell{cell.mean, cell.count > 1 ? cell.high - cell.mean : NAN, cell.count};
      QStringList help;
      if (one.control) help << tr("Knows nothing of the network: what a method must beat");
      if (const MethodInfo* info = findMethod(infos_, row.id)) help << text(info->description);
      help << (row.settings.isEmpty() ? one.control ? QString() : tr("Published defaults")
                                      : tr("Settings here: %1").arg(row.settings));
      help << (one.map == "magnitude" ? tr("Judged by magnitudes") : tr("Judged by the sum over the colour channels"));
      help.removeAll(QString());
      for (QString& line : help) line = QStringLiteral("<p>%1</p>").arg(line.toHtmlEscaped());
      row.help = help.join(QString());
      rows << row;
    }
  }
  table_->scores()->setTable(columns, rows);
  if (found_) {
    const QLocale locale;
    QStringList facts;
    facts << (running_   ? tr("%1 of %2 pictures").arg(found_->pictures).arg(asked_)
              : stopped_ ? tr("Stopped after %1 of %2 pictures").arg(found_->pictures).arg(asked_)
                         : tr("%n pictures", nullptr, int(found_->pictures)));
    if (found_->passedOver > 0)
      facts << tr("%1 passed over, which show nothing that can be judged").arg(found_->passedOver);
    if (found_->maskShare > 0)
      facts << tr("objects take %1 % of the picture").arg(locale.toString(100 * found_->maskShare, 'f', 1));
    facts << tr("%1 s").arg(locale.toString(found_->seconds, 'f', 0));
    facts << tr("means with 95 % confidence intervals");
    status_->setText(facts.join(QStringLiteral(" \u00b7 ")));
  }
  showReady();
  Q_EMIT contentChanged();
}

QString LeaguePage::commandLine() const {
  const Document& document = context_.document;
  if (!document.hasModel() || document.card().task == ModelCard::Task::Generator) return {};
  const QString model = document.opened().path.isEmpty() ? document.opened().builtIn : document.opened().path;
  QStringList words{"unitscope",
                    "league",
                    shellWord(model),
                    "--data",
                    shellWord(state_.data),
                    "--count",
                    QString::number(state_.pictures)};
  if (!state_.leagueMethods.isEmpty()) words << "--methods" << state_.leagueMethods.join(QLatin1Char(','));
  if (!state_.leagueMetrics.isEmpty()) words << "--metrics" << state_.leagueMetrics.join(QLatin1Char(','));
  words << "--csv"
        << "league.csv";
  return words.join(QLatin1Char(' '));
}

}  // namespace unitscope
