"""All ports of the web space in one object, each subject behind its own adapter."""

from gateway.ports.store import Store
from gateway.services.conversation.conversations import Conversations
from gateway.services.conversation.message_parts import MessageParts
from gateway.services.conversation.new_messages import NewMessages
from gateway.services.conversation.replies import Replies
from gateway.services.record.document_access import DocumentAccess
from gateway.services.sign_in.patient_sign_in import PatientSignIn
from webmail.documents.adapter import DocumentPages
from webmail.home.adapter import WholeSpace
from webmail.messages.adapter import MessagePages
from webmail.sign_in.adapter import SignInSteps


class PatientSpace(SignInSteps, MessagePages, DocumentPages, WholeSpace):
    """Implements `webmail.patient_space_port.PatientSpaceService`."""

    def __init__(
        self,
        store: Store,
        patients: PatientSignIn,
        conversations: Conversations,
        replies: Replies,
        new_messages: NewMessages,
        parts: MessageParts,
        access: DocumentAccess,
    ) -> None:
        SignInSteps.__init__(self, patients)
        MessagePages.__init__(self, conversations, replies, new_messages, parts)
        DocumentPages.__init__(self, access)
        WholeSpace.__init__(self, store, conversations, access)
